package embedded

import "testing"

func TestNew(t *testing.T) {
	if New(1).ID != 1 {
		t.Fail()
	}
}
