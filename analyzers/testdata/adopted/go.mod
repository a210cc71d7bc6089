module example.com/adopted

go 1.26
