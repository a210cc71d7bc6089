module example.com/httptimeout

go 1.26
