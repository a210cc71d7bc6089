package audit

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/maturity/budgets"
)

// orders is a program with an endpoint that asks another service.
var orders = map[string]string{
	"go.mod": "module example.com/orders\n\ngo 1.26\n",
	"main.go": `package main

import (
	"context"
	"net/http"
	"time"
)

var client = &http.Client{Timeout: 2 * time.Second}

func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /orders", create)
	s := &http.Server{Handler: mux, ReadTimeout: time.Second, WriteTimeout: 5 * time.Second}
	_ = s.ListenAndServe()
}

func create(w http.ResponseWriter, r *http.Request) { _ = reserve(r.Context()) }

func reserve(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://stock.shop.svc:8080/reserve", nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}
`,
	"deploy/orders.yml": `apiVersion: apps/v1
kind: Deployment
metadata: {name: orders}
spec:
  selector: {matchLabels: {app: orders}}
  template:
    metadata: {labels: {app: orders}}
    spec:
      containers:
        - {name: orders, image: registry.example.com/orders:1, ports: [{containerPort: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: orders}
spec: {selector: {app: orders}, ports: [{port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: orders}
spec:
  hosts: [orders]
  http:
    - route: [{destination: {host: orders}}]
      timeout: 6s
`,
}

// The code, its route in the mesh, and the exit code, from the sources on.
func TestBudgets(t *testing.T) {
	for name, c := range map[string]struct {
		file, old, new string
		code           int
		states         string
	}{
		"as it is":             {"", "", "", 0, "fits fits"},
		"a route too short":    {"deploy/orders.yml", "6s", "1s", 1, "cut cut"},
		"a client too patient": {"main.go", "Timeout: 2 *", "Timeout: 20 *", 1, "fits cut"},
		"it does not compile":  {"main.go", "resp.Body.Close()", "resp.Bodies.Close()", 3, ""},
	} {
		t.Run(name, func(t *testing.T) {
			files := maps.Clone(orders)
			if c.file != "" {
				files[c.file] = strings.Replace(files[c.file], c.old, c.new, 1)
			}
			out, errs, code := execute(t, "audit", "budgets", "-C", string(newRepo(t, files)), "--format", "json")
			if code != c.code {
				t.Errorf("exit code %d, want %d\n%s\n%s", code, c.code, out, errs)
			}
			var table budgets.Table
			if err := json.Unmarshal([]byte(out), &table); err != nil {
				t.Fatal(err, out)
			}
			var states []string
			for _, r := range table.Rows {
				states = append(states, string(r.State))
			}
			if got := strings.Join(states, " "); got != c.states {
				t.Errorf("%s, want %s\n%s", got, c.states, out)
			}
			if c.code == 3 && (len(table.Problems) == 0 || !strings.Contains(errs, "could not check: ")) {
				t.Errorf("nothing is said of it: %s", errs)
			}
		})
	}
	if _, errs, code := execute(t, "audit", "budgets", "-C", string(newRepo(t, map[string]string{"README.md": "no code\n"}))); code != 3 || !strings.Contains(errs, "no code to look at") {
		t.Errorf("without code it ends with %d and %q", code, errs)
	}
	if _, errs, code := execute(t, "audit", "budgets", "--format", "yaml"); code != 2 || !strings.Contains(errs, "markdown") {
		t.Errorf("with a format that there is none of it ends with %d and %q", code, errs)
	}
}
