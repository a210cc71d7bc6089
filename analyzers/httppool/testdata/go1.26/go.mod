module example.com/httppool

go 1.26
