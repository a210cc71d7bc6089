package main

import (
	"context"
	"net/http"
)

func fetchInTest(ctx context.Context) { http.Get("https://a.example") }
