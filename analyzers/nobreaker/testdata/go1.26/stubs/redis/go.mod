module example.org/redis

go 1.26
