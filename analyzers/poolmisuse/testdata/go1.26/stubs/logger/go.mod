module example.org/logger

go 1.20
