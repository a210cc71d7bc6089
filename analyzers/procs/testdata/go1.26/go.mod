module example.com/app

go 1.26

require go.uber.org/automaxprocs v1.6.0

replace go.uber.org/automaxprocs => ./third/automaxprocs
