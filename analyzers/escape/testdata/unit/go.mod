module example.com/unit

go 1.24.2
