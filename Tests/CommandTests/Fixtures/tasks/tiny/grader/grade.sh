# Grades answer.txt by its distance to the hidden number of the split.
set -eu
refuse() {
  printf '{"status": "refused", "reason": "answer.txt must hold a whole number from 0 to 100"}' >&3
  exit 0
}
hidden=$(tr -cd 0-9 <"$LYCEUM_PRIVATE/$LYCEUM_SPLIT.txt")
answer=$(head -c 16 /submission/answer.txt | tr -d '\000')
case $answer in '' | *[!0-9]* | ????* | 0?*) refuse ;; esac
[ "$answer" -le 100 ] || refuse
distance=$((answer > hidden ? answer - hidden : hidden - answer))
printf '{"status": "scored", "metrics": {"closeness": %d}}' $((100 - distance)) >&3
