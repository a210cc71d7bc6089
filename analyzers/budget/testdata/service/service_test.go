package service

import "testing"

func TestOne(t *testing.T) { kept = &Order{} }
