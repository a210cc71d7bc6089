module example.com/deadlineorder

go 1.26
