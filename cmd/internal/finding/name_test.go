package finding

import "testing"

func TestShortFunc(t *testing.T) {
	for name, want := range map[string]string{
		"":                                      "",
		"main.main":                             "main.main",
		"example.com/app/match.F":               "match.F",
		"(*example.com/app/match.Engine).Match": "(*match.Engine).Match",
		"(example.com/app/match.Set[*example.com/app/book.Order]).Add": "(match.Set[*book.Order]).Add",
		"example.com/a.F[map[string]example.com/b.T,example.com/c.U]":  "a.F[map[string]b.T,c.U]",
		"example.com/app.F.func1":                                      "app.F.func1",
	} {
		if got := ShortFunc(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
