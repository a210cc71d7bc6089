package contracts

import "testing"

func TestContract_Known(t *testing.T) { known() }
