package rule

import "slices"

// Lower returns the tier that is less sure. An empty tier is surer than any.
func Lower(a, b Tier) Tier {
	if rank(b) > rank(a) {
		return b
	}
	return a
}

// Higher returns the tier that is surer.
func Higher(a, b Tier) Tier {
	if rank(b) < rank(a) {
		return b
	}
	return a
}

func rank(t Tier) int { return slices.Index([]Tier{"", Proven, Likely, Suspected}, t) }
