/* A plugin for QEMU's user mode (plugin interface 1, QEMU 4.2 to 8.2): what a guest program costs.
 *
 * Writes one line at each mark and one at the end: instructions so far, resident memory now and at
 * its highest. A mark is the guest's system call `mark`, which is getpriority for the programs here:
 * harmless, cheap, and used by nobody else.
 *
 * Memory is what /proc/self/smaps says of the addresses [low, high), where only the guest lives; the
 * rest is QEMU's own. Resident memory grows by page faults, which nobody can see from here, but it
 * shrinks only by munmap, brk and madvise. A look just before each of these, at each mark and at the
 * end sees every summit, so the peak is exact as long as the guest has one thread.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is needed of qemu-plugin.h, which Debian does not ship. */
typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
void qemu_plugin_register_vcpu_tb_trans_cb(
    qemu_plugin_id_t id, void (*call)(qemu_plugin_id_t, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_tb_exec_cb(
    struct qemu_plugin_tb *block, void (*call)(unsigned, void *), int flags, void *data);
void qemu_plugin_register_vcpu_syscall_cb(
    qemu_plugin_id_t id,
    void (*call)(qemu_plugin_id_t, unsigned, int64_t, uint64_t, uint64_t, uint64_t, uint64_t,
                 uint64_t, uint64_t, uint64_t, uint64_t));
void qemu_plugin_register_atexit_cb(
    qemu_plugin_id_t id, void (*call)(qemu_plugin_id_t, void *), void *data);

#define EXPORT __attribute__((visibility("default")))
#define THREADS 256
#define SHRINKING 3

EXPORT int qemu_plugin_version = 1;

static uint64_t executed[THREADS]; /* by thread: no two add to one number */
static uint64_t low, high;
static int64_t mark_call = -1;
static int64_t shrinking_calls[SHRINKING];
static int memory_wanted = 1;
static FILE *report;
static unsigned long resident_kib, anonymous_kib, peak_kib;

static void on_block(unsigned thread, void *instructions)
{
    executed[thread % THREADS] += (uintptr_t)instructions;
}

static void on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *block)
{
    uintptr_t instructions = qemu_plugin_tb_n_insns(block);
    qemu_plugin_register_vcpu_tb_exec_cb(block, on_block, 0, (void *)instructions);
}

static void look_at_memory(void)
{
    char line[4096];
    unsigned long start, end, kib;
    int guest = 0;
    FILE *maps = memory_wanted ? fopen("/proc/self/smaps", "r") : NULL;

    resident_kib = anonymous_kib = 0;
    if (!maps)
        return;
    while (fgets(line, sizeof line, maps)) {
        if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
            guest = low <= start && start < high;
        else if (guest && sscanf(line, "Rss: %lu", &kib) == 1)
            resident_kib += kib;
        else if (guest && sscanf(line, "Anonymous: %lu", &kib) == 1)
            anonymous_kib += kib;
    }
    fclose(maps);
    if (resident_kib > peak_kib)
        peak_kib = resident_kib;
}

static void write_line(const char *kind)
{
    uint64_t instructions = 0;
    for (int i = 0; i < THREADS; i++)
        instructions += executed[i];
    look_at_memory();
    fprintf(report, "%s %llu %lu %lu %lu\n", kind, (unsigned long long)instructions, resident_kib,
            anonymous_kib, peak_kib);
    fflush(report);
}

static void on_system_call(qemu_plugin_id_t id, unsigned thread, int64_t number, uint64_t a,
                           uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f, uint64_t g,
                           uint64_t h)
{
    if (number == mark_call) {
        write_line("mark");
        return;
    }
    for (int i = 0; i < SHRINKING; i++)
        if (number == shrinking_calls[i])
            look_at_memory();
}

static void on_end(qemu_plugin_id_t id, void *data)
{
    write_line("end");
}

/* Arguments: report=FILE low=N high=N mark=N shrink0=N shrink1=N shrink2=N memory=0 or 1 */
EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const void *machine, int count, char **arguments)
{
    for (int i = 0; i < count; i++) {
        char *value = strchr(arguments[i], '=');
        if (!value)
            return 1;
        *value++ = 0;
        const char *name = arguments[i];
        if (!strcmp(name, "report"))
            report = fopen(value, "w");
        else if (!strcmp(name, "low"))
            low = strtoull(value, NULL, 0);
        else if (!strcmp(name, "high"))
            high = strtoull(value, NULL, 0);
        else if (!strcmp(name, "mark"))
            mark_call = strtoll(value, NULL, 0);
        else if (!strncmp(name, "shrink", 6) && name[6] >= '0' && name[6] < '0' + SHRINKING)
            shrinking_calls[name[6] - '0'] = strtoll(value, NULL, 0);
        else if (!strcmp(name, "memory"))
            memory_wanted = atoi(value);
        else
            return 1;
    }
    if (!report)
        return 1;
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
    qemu_plugin_register_vcpu_syscall_cb(id, on_system_call);
    qemu_plugin_register_atexit_cb(id, on_end, NULL);
    return 0;
}
