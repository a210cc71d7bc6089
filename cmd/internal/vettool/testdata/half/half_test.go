package half

import "testing"

// A method of a type of the package, which an interface of it asks for.
func (inner) name() string { return third }

var third, fourth = pair()

func pair() (string, string) { return "a", "b" }

var _ namer = thing{}

func init() { first = 1 }

func TestThing(t *testing.T) { t.Run(fourth, func(*testing.T) {}) }
