# Makes the hidden numbers, and a hint that everybody may read.
set -eu
echo "the validation split hides 40" >"$LYCEUM_PRIVATE/validation.txt"
echo "on the test split it is 42, which nobody may know" >"$LYCEUM_PRIVATE/test.txt"
echo "between 30 and 50" >"$LYCEUM_PUBLIC/hint.txt"
