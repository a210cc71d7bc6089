module example.com/bodyfix

go 1.26
