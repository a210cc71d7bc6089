package hotpath

import "testing"

func TestConcerns(t *testing.T) {
	whole := &Profile{mains: []string{"server", "srv"}, pkgs: map[string][]*heat{"main": nil, "example.com/app/match": nil, "net/http": nil}}
	digest := &Profile{sections: map[string][]byte{"main": nil, "example.com/app/match": nil}, mains: []string{"server"}}
	for _, tt := range []struct {
		name     string
		p        *Profile
		path     string
		commands []string
		want     bool
	}{
		{"a package of the module", whole, "example.com/app", nil, true},
		{"the package itself", digest, "example.com/app/match", nil, true},
		{"another module", whole, "example.com/other", []string{"tool"}, false},
		{"a path that begins alike", whole, "example.com/ap", nil, false},
		{"only its main", whole, "example.com/other", []string{"tool", "srv"}, true},
		{"only its main, by digest", digest, "example.com/other", []string{"server"}, true},
		{"a main without a name", &Profile{pkgs: map[string][]*heat{"main": nil}}, "example.com/other", nil, true},
		{"no main", &Profile{pkgs: map[string][]*heat{"net/http": nil}}, "example.com/other", []string{"server"}, false},
	} {
		if got := tt.p.Concerns([]string{tt.path}, tt.commands); got != tt.want {
			t.Errorf("%s: %t", tt.name, got)
		}
	}
}
