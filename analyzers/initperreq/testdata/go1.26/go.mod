module example.com/initperreq

go 1.26
