module example.com/dbfix

go 1.26
