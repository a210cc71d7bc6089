package claims

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestRegistry(t *testing.T) {
	id := regexp.MustCompile(`^[a-z]+\.[a-z]+$`)
	seen := make(map[string]bool)
	for _, c := range All() {
		if seen[c.ID] || !id.MatchString(c.ID) {
			t.Errorf("%q is no ID, or is there twice", c.ID)
		}
		seen[c.ID] = true
		for what, text := range map[string]string{"technique": c.Technique, "what is claimed": c.Says, "why": c.Why, "what to do": c.Do} {
			if text == "" || strings.HasSuffix(text, ".") || strings.TrimSpace(text) != text {
				t.Errorf("%s: %s is %q", c.ID, what, text)
			}
		}
		if c.bench == nil || len(c.Holds) == 0 {
			t.Errorf("%s has no bench, or no condition", c.ID)
		}
		for _, q := range c.Holds {
			checkCondition(t, c, q)
		}
		if named, ok := Named(c.ID); !ok || named.ID != c.ID {
			t.Errorf("%s is not found by its ID", c.ID)
		}
		if !slices.Contains(Groups(), c.Group()) {
			t.Errorf("%s is of the group %q, which there is not", c.ID, c.Group())
		}
	}
	if _, ok := Named("map"); ok {
		t.Error("a group passes for a claim")
	}
}

func checkCondition(t *testing.T, c Claim, q Condition) {
	t.Helper()
	if q.Arm == "" || q.Unit == "" || q.Min < 0 || q.Max < 0 || q.Min == 0 && q.Max == 0 || q.Max > 0 && q.Max <= q.Min || q.Against != "" && q.Beyond != "" {
		t.Errorf("%s: %+v asks for nothing, or cannot be met", c.ID, q)
	}
	if q.Claimed == 0 {
		return
	}
	if q.Max > 0 && q.Claimed > q.Max || q.Min > 0 && q.Claimed < q.Min {
		t.Errorf("%s: what is claimed, %s, would not do: %s", c.ID, q.Figure(), q.Bound())
	}
}

// Claims of one group are one after the other: lists go by groups.
func TestGroups(t *testing.T) {
	var order []string
	for _, c := range All() {
		if len(order) == 0 || order[len(order)-1] != c.Group() {
			order = append(order, c.Group())
		}
	}
	if !slices.Equal(order, Groups()) {
		t.Errorf("%v, by groups %v", order, Groups())
	}
}
