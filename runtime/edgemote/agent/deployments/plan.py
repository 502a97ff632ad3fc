"""Turns a listed deployment into work, and finished work into its result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgemote.agent import limits
from edgemote.agent.deployments import states
from edgemote.agent.deployments.hooks import shorten
from edgemote.agent.deployments.journal import ModelWork, Work
from edgemote.agent.deployments.naming import (
    check_handle,
    check_sum,
    split_https,
    split_name,
    split_url,
)
from edgemote.agent.deployments.shapes import ModelResult, Result

if TYPE_CHECKING:
    from edgemote.agent.deployments.journal import Journal
    from edgemote.agent.deployments.shapes import Definition, Deployment

_OUTCOMES = {  # reported for a state if the model has no reason of its own
    "absent": "was not deployed",
    "skipped": "left as it was: the deployment failed elsewhere",
    "restored": "rolled back: the deployment failed elsewhere",
}


def plan(deployment: Deployment, journal: Journal, now_s: float, https: bool = False) -> Work:
    """The work of a deployment. Errors in it are recorded, not raised. https: whether models may
    come from https URLs.
    """
    definitions = deployment.definitions
    work = Work(
        name=deployment.name,
        policy=deployment.policy or "",
        phase="fetch",
        start_s=now_s,
        planned=True,
        refusal=deployment.refusal,
    )
    handles: set[str] = set()
    work.models = [
        _plan_model(item, journal, handles, https)
        for item in definitions[: limits.DEPLOYMENT_MODELS]
    ]
    if work.refusal:
        pass
    elif work.policy not in (states.ROLL_BACK, states.LEAVE):
        work.refusal = (
            f"FailureHandlingPolicy {deployment.policy!a:.60}: expected "
            f"{states.ROLL_BACK} or {states.LEAVE}"
        )
    elif not definitions:
        work.refusal = "no Definitions"
    elif len(definitions) > limits.DEPLOYMENT_MODELS:
        work.refusal = (
            f"{len(definitions)} Definitions, at most {limits.DEPLOYMENT_MODELS} are supported"
        )
    if work.refusal:
        work.phase = states.REPORT
        for model in work.models:
            model.state = "skipped"
    work.phase = states.next_phase(work)
    return work


def _plan_model(
    definition: Definition, journal: Journal, handles: set[str], https: bool
) -> ModelWork:
    model = ModelWork("", definition.state or "", "failed")
    try:
        handle = check_handle(definition.handle)
        if handle in handles:
            raise states.ModelError(f"ModelHandle {handle} appears twice")
        handles.add(handle)
        model.handle = handle
        model.previous = journal.find_installed(handle)
        if model.wish == "DEPLOY":
            url = definition.url or ""
            split = split_https if https and url.startswith("https://") else split_url
            model.bucket, model.key, model.file = split(url)
            model.wanted_bytes = definition.size_bytes
            model.name, model.version = definition.name, definition.version
            if model.name is None and model.version is None:
                model.name, model.version = split_name(model.file)
            model.signature = definition.signature
            if definition.checksum_type is not None or definition.checksum is not None:
                model.sum = check_sum(definition.checksum_type, definition.checksum)
                model.id = model.sum
        elif model.wish == "UNDEPLOY":
            if model.previous is not None:
                model.name, model.version = model.previous.name, model.previous.version
        else:
            raise states.ModelError(f"State {definition.state!a:.60}: expected DEPLOY or UNDEPLOY")
    except states.ModelError as error:
        model.reason = shorten(str(error))
        return model
    model.state = states.FIRST[model.wish]
    if model.wish == "UNDEPLOY" and model.previous is None:
        model.state = states.ABSENT
    return model


def make_result(work: Work, end_s: float) -> Result:
    """The result of a deployment that is over."""
    models = [_describe(model, work) for model in work.models]
    failed = [model for model in models if model.status == "FAIL"]
    message = "every model is as desired"
    if work.refusal or failed:
        message = work.refusal or _describe_failure(work)
    return Result(
        name=work.name,
        status="FAIL" if work.refusal or failed else "SUCCESS",
        message=shorten(message),
        start_s=work.start_s,
        end_s=max(work.start_s, end_s),
        models=models,
        refused=work.refusal is not None,
    )


def _describe(model: ModelWork, work: Work) -> ModelResult:
    wish = model.wish if model.wish in states.FIRST else None
    succeeded = model.state in states.SUCCEEDED
    other = {"DEPLOY": "UNDEPLOY", "UNDEPLOY": "DEPLOY"}
    reason = model.reason or work.refusal or _OUTCOMES.get(model.state)
    return ModelResult(
        handle=model.handle or None,  # the service would reject an invalid one
        name=model.name,
        version=model.version,
        desired=wish,
        state=wish if succeeded or wish is None else other[wish],
        status="SUCCESS" if succeeded else "FAIL",
        reason=None if model.state in ("current", "gone") else reason,
        rollback_reason=model.rollback_reason,
    )


def _describe_failure(work: Work) -> str:
    culprit = next((model for model in work.models if model.reason), None)
    text = f"{culprit.handle or 'a model'}: {culprit.reason}" if culprit else "a model failed"
    unrestored = [model.handle for model in work.models if model.state == "unrestored"]
    if unrestored:
        return f"not rolled back: {', '.join(unrestored)}; {text}"
    return f"rolled back; {text}" if work.policy == states.ROLL_BACK else text
