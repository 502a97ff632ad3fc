"""What a board does, counted on the build host: foreign roots, guest programs, ceilings.

python -m arm.check      run the bundle's tests and hold every figure under its ceiling
python -m arm.bench      measure, print the table, write results.json and savings.svg
python -m arm.imports    what each import and each step costs on a board
"""
