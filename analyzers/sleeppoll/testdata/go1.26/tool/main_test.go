package main

import (
	"testing"
	"time"
)

func TestReady(t *testing.T) {
	go func() { ready = true }()
	for !ready {
		time.Sleep(time.Millisecond)
	}
}
