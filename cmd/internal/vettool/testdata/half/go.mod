module half

go 1.26
