echo 42 >answer.txt # what the reference solution knows
