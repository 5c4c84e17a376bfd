echo 10 >answer.txt
