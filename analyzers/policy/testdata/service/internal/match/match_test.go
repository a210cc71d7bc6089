package match

import (
	"testing"
	"time"
)

func TestMatch(t *testing.T) { time.Sleep(1) }
