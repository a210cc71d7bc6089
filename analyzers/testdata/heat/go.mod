module example.com/heat

go 1.26
