module example.org/sized

go 1.20
