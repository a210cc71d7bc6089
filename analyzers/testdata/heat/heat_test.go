package heat

import "testing"

func TestIdle(t *testing.T) { idle() }
