package maturity

import (
	"slices"

	"github.com/lagvet/lagvet/maturity/budgets"
	"github.com/lagvet/lagvet/maturity/internal/manifests"
	"github.com/lagvet/lagvet/maturity/internal/tree"
)

// Budgets holds the budgets of the endpoints of in.Code against those of the manifests
// of the repository.
func Budgets(in Input) (*budgets.Table, error) {
	e, problems, err := collect(in)
	if err != nil {
		return nil, err
	}
	defer e.tree.Close()
	problems = slices.DeleteFunc(problems, func(p Problem) bool { return !e.ofManifests(p) })
	if in.Code != nil {
		problems = append(problems, in.Code.Problems...)
	}
	table := budgets.Hold(e.endpoints(), e.manifests.Routes())
	for _, p := range problems {
		table.Problems = append(table.Problems, p.String())
	}
	return table, nil
}

// ofManifests reports whether a problem is one of a manifest.
func (e *evidence) ofManifests(p Problem) bool {
	return slices.ContainsFunc(e.manifests.Problems, func(q tree.Problem) bool { return q.Place == p.Place })
}

// endpoints are those of the code, each by the names of the services that the manifests
// have for its programs.
func (e *evidence) endpoints() []budgets.Endpoint {
	if e.Code == nil {
		return nil
	}
	return serve(e.Code.Endpoints, e.manifests)
}

// serve gives endpoints the names by which others ask for them. One of a program that is
// deployed under several names has a row for each that a route leads to.
func serve(endpoints []budgets.Endpoint, m *manifests.Result) []budgets.Endpoint {
	names := make(map[string][]string) // by program
	var all []budgets.Endpoint
	for _, p := range endpoints {
		var services []string
		for _, program := range p.Programs {
			if _, known := names[program]; !known {
				names[program] = m.Services(program)
			}
			services = append(services, names[program]...)
		}
		slices.Sort(services)
		services = routed(slices.Compact(services), m)
		for _, s := range services {
			p.Service = s
			all = append(all, p)
		}
		if len(services) == 0 {
			all = append(all, p)
		}
	}
	return all
}

// routed returns the services that a route leads to, or the first if there is none.
func routed(services []string, m *manifests.Result) []string {
	var found []string
	for _, s := range services {
		if slices.ContainsFunc(m.Routes(), func(r budgets.Route) bool { return r.Leads(s) }) {
			found = append(found, s)
		}
	}
	if len(found) == 0 && len(services) > 0 {
		return services[:1]
	}
	return found
}

// attempts are how often the code makes the same request again. Only those of HTTP and
// gRPC does a mesh repeat.
func (e *evidence) attempts() []manifests.Attempts {
	var all []manifests.Attempts
	for _, p := range e.endpoints() {
		for _, c := range p.Calls {
			if c.Attempts < 2 || c.Kind != "http" && c.Kind != "grpc" {
				continue
			}
			at := c.RetryAt
			if at.File == "" {
				at = c.At
			}
			a := manifests.Attempts{Host: c.Host, N: c.Attempts, At: at}
			if !slices.Contains(all, a) {
				all = append(all, a)
			}
		}
	}
	return all
}
