module example.com/market

go 1.26

require golang.org/x/net v0.44.0

replace golang.org/x/net => ./stubs/net
