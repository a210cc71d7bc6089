package manifests_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/maturity/internal/manifests"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// What is built here is told by the names that the repository gives its programs.
func TestOwn(t *testing.T) {
	pod := func(images ...string) string {
		s := "-- deploy/pods.yaml --\n"
		for i, image := range images {
			s += fmt.Sprintf("---\napiVersion: v1\nkind: Pod\nmetadata: {name: p%d}\nspec: {containers: [{name: c%d, image: %q}]}\n", i, i, image)
		}
		return s
	}
	quota := (*manifests.Result).Quota
	run(t, map[string]testCase{
		"by the module":              {module + pod("ghcr.io/x/orders:v1", "ghcr.io/x/web:v1"), "", quota, "FAIL deploy/pods.yaml:5 the only"},
		"by a major version":         {"-- go.mod --\nmodule github.com/acme/orders/v3\n" + pod("orders:v1", "web:v1"), "", quota, "FAIL deploy/pods.yaml:5 the only"},
		"by a command":               {module + "-- cmd/payd/main.go --\n" + pod("x/payd", "x/web"), "", quota, "FAIL deploy/pods.yaml:5 the only"},
		"by a file of a command":     {module + "-- cmd/payd/run.go --\n" + pod("x/payd", "x/web"), "", quota, "FAIL deploy/pods.yaml:5 the only"},
		"by a program's place":       {module + "-- services/pay/main.go --\n" + pod("x/pay-api", "x/web"), "", quota, "FAIL deploy/pods.yaml:5 the only"},
		"by the organisation":        {module + pod("ghcr.io/acme/anything", "x/web"), "", quota, "FAIL deploy/pods.yaml:5 the only"},
		"of the organisation, known": {module + "-- cmd/payd/main.go --\n" + pod("acme/grafana", "x/payd"), "", quota, "FAIL deploy/pods.yaml:10 the only"},
		"by what others are not":     {module + pod("x/web", "redis:7"), "", quota, "FAIL deploy/pods.yaml:5 the only"},
		"not where much is hidden":   {module + "-- c/Chart.yaml --\nname: c\n" + pod("x/web"), "", quota, "UNKNOWN c/Chart.yaml:1 cannot be seen"},
		"by Kustomize's name":        {module + "-- deploy/kustomization.yaml --\nresources: [pods.yaml]\nimages: [{name: controller, newName: ghcr.io/acme/orders, digest: \"sha256:00\"}]\n" + pod("controller", "x/web"), "", quota, "FAIL deploy/pods.yaml:5 the only"},
		"not by a test's program":    {module + "-- test/web/main.go --\n" + pod("x/web", "acme/orders"), "", quota, "FAIL deploy/pods.yaml:10 the only"},
	})
	composed := "-- compose.prod.yaml --\nservices:\n  pay: {image: x/web, build: {context: ., dockerfile: docker/pay/Dockerfile}}\n-- main.go --\npackage main\n"
	run(t, map[string]testCase{
		"built by a Dockerfile of Go":      {composed + "-- docker/pay/Dockerfile --\nFROM golang:1.26\nCOPY . /src\nRUN go build -o /pay\n", "", quota, "FAIL compose.prod.yaml:2 the only"},
		"built by a Dockerfile of another": {composed + "-- docker/pay/Dockerfile --\nFROM node:24\nRUN npm ci\n", "", quota, "NOT_APPLICABLE compose.prod.yaml:2 only what others build"},
	})
	run(t, map[string]testCase{
		"a chart's chart":            {module + "-- c/Chart.yaml --\nname: c\n-- c/charts/d/Chart.yaml --\nname: d\n", "", quota, "UNKNOWN c/Chart.yaml:1 helm template c >"},
		"a chart of a test":          {module + "-- test/c/Chart.yaml --\nname: c\n", "", quota, "NOT_APPLICABLE test/c/Chart.yaml of tests and examples"},
		"a chart's values":           {module + "-- c/Chart.yaml --\nname: c\n-- c/values-prod.yaml --\napiVersion: {{ x }}\nkind: {{ y }}\n", "", quota, "UNKNOWN c/Chart.yaml:1 helm template c >"},
		"broken":                     {module + "-- c/Chart.yaml --\nname: [\n", "", quota, "UNKNOWN c/Chart.yaml:1 cannot be seen"},
		"in an array":                {module + "-- all.json --\n[{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"spec\": {\"containers\": [{\"name\": \"o\", \"image\": \"orders:v1\"}]}}]\n", "", quota, "FAIL all.json:1 the only"},
		"no object":                  {module + "-- docs.yaml --\nabout: apiVersion and kind\n", "", quota, "NOT_APPLICABLE - it has no manifests"},
		"too large, rendered":        {module, "-- r.yaml --\n" + strings.Repeat("#", 1<<20+1), quota, "UNKNOWN r.yaml cannot be seen: reading r.yaml: larger than 1024 KiB"},
		"a definition too large":     {module + "-- deploy/crds.yaml --\napiVersion: v1\nkind: x\n" + strings.Repeat("#", 1<<20), "", quota, "NOT_APPLICABLE - it has no manifests"},
		"Terraform of a test":        {module + "-- test/main.tf --\nresource \"x\" \"y\" {}\n", "", quota, "NOT_APPLICABLE - it has no manifests"},
		"of an integration test":     {module + "-- x/integrationtest/pod.yaml --\napiVersion: v1\nkind: Pod\nspec: {containers: [{name: o, image: orders}]}\n", "", quota, "NOT_APPLICABLE x/integrationtest/pod.yaml of tests and examples"},
		"a unit of a test":           {module + "-- test/orders.service --\n[Service]\nExecStart=/bin/orders\n", "", quota, "NOT_APPLICABLE - it has no manifests"},
		"a unit that starts nothing": {module + "-- orders.service --\n[Service]\nCPUQuota=1%\n", "", quota, "NOT_APPLICABLE - it has no manifests"},
		"a unit too large":           {module + "-- orders.service --\n" + strings.Repeat("#", 1<<20+1), "", quota, "UNKNOWN orders.service larger than 1024 KiB"},
		"only routes":                {module + "-- v.yaml --\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: v}\nspec: {http: [{route: [{destination: {host: a}}]}]}\n", "", quota, "UNKNOWN v.yaml:4 not what runs there"},
	})
}

// A file with more than a person writes is read in part, and said to be.
func TestBounds(t *testing.T) {
	object := "---\napiVersion: v1\nkind: Service\nmetadata: {name: s}\n"
	rule := "  - route: [{destination: {host: h%d}}]\n"
	many := func(n int, text string) string { return strings.Repeat(text, n) }
	var routes strings.Builder
	for i := range 5_001 {
		fmt.Fprintf(&routes, rule, i)
	}
	r := collect(t, deployment("", "", "")+"-- s.yaml --\n"+many(5_100, object)+"-- t.yaml --\n"+many(5_100, object), "")
	if len(r.Problems) != 1 || !strings.Contains(r.Problems[0].Text, "more than 10000 objects") {
		t.Errorf("with 10,202 objects the problems are %v", r.Problems)
	}
	r = collect(t, virtualService(routes.String()), "")
	if len(r.Problems) != 1 || !strings.Contains(r.Problems[0].Text, "more than 5000 routes") || len(r.Routes()) != 5_000 {
		t.Errorf("with 5,001 routes %d are read, and the problems are %v", len(r.Routes()), r.Problems)
	}
	r = collect(t, service("networking.istio.io/v1", "DestinationRule", "", "host: a\nsubsets:\n"+many(5_001, "- {trafficPolicy: {tls: {}}}\n")), "")
	if len(r.Problems) != 1 || !strings.Contains(r.Problems[0].Text, "more than 5000 rules") {
		t.Errorf("with 5,001 rules the problems are %v", r.Problems)
	}
}

// What stands where it need not.
func TestOdd(t *testing.T) {
	config := func(name, text string) string {
		return deployment("", "", "") + "-- c.yaml --\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  " + name + ": |\n" + indent(4, text)
	}
	timeouts := (*manifests.Result).Timeouts
	contour := func(spec string) string { return service("projectcontour.io/v1", "HTTPProxy", "", spec) }
	run(t, map[string]testCase{
		"rules in a ConfigMap":     {config("rules.yaml", "groups: [{rules: [{expr: envoy_cluster_outlier_detection_ejections_active}]}]"), "", (*manifests.Result).EjectionsScraped, "PASS c.yaml:5 is used"},
		"scrapes in a ConfigMap":   {config("prometheus.yml", "scrape_configs: [{static_configs: [{targets: [\"orders:80\"]}]}]"), "", (*manifests.Result).MetricsScraped, "PASS c.yaml:6 scrapes orders:80"},
		"broken in a ConfigMap":    {config("envoy.yaml", "virtual_hosts: ["), "", (*manifests.Result).Canary, "UNKNOWN c.yaml:5 envoy.yaml in ConfigMap c"},
		"a redirect of Envoy":      {config("envoy.yaml", "virtual_hosts: [{routes: [{redirect: {}}, {route: {cluster: a, timeout: 1s, retry_policy: {}}}]}]"), "", retries(), "PASS c.yaml:6 2 attempts by default"},
		"detection without force":  {config("envoy.yaml", "static_resources: {clusters: [{name: risk, outlier_detection: {enforcing_consecutive_5xx: 0}}]}"), "", outliers("risk"), "FAIL c.yaml:6 it ejects nothing"},
		"threads without limit":    {deployment("", "", "env: [{name: GOMAXPROCS, value: \"4\"}]"), "", limits("1.20"), "PASS deploy/orders.yaml:13 GOMAXPROCS is 4, without a limit"},
		"old annotations":          {deployment("annotations: {pyroscope.io/scrape: \"true\"}", "", ""), "", (*manifests.Result).LeakProfileCollected, "PASS deploy/orders.yaml:9 pyroscope.io/scrape"},
		"metrics' endpoint":        {deployment("", "", "env: [{name: OTEL_EXPORTER_OTLP_METRICS_ENDPOINT, value: x}]"), "", (*manifests.Result).MetricsScraped, "PASS deploy/orders.yaml:13 METRICS_ENDPOINT"},
		"both gateways and mesh":   {service("networking.istio.io/v1", "VirtualService", "", "gateways: [gw, mesh]\nhosts: [orders]\nhttp:\n- timeout: 1s\n"+toOrders), "", timeouts, "PASS mesh/m.yaml:9 all 2"},
		"an exact path":            {virtualService("- timeout: 1s\n  match: [{uri: {exact: /orders}}]\n" + toOrders), "", callers(), "UNKNOWN - no two budgets"},
		"retries of HTTPRoute":     {service("gateway.networking.k8s.io/v1", "HTTPRoute", "", "parentRefs: [{name: gw}]\nrules:\n- retry: {codes: [503]}\n  backendRefs: [{name: orders, namespace: pay}]"), "", retries(), "PASS mesh/m.yaml:8 HTTPRoute m to orders.pay: 2 attempts by default"},
		"a redirect of HTTPRoute":  {service("gateway.networking.k8s.io/v1", "HTTPRoute", "", "parentRefs: [{kind: Service, name: orders}]\nrules:\n- filters: [{type: RequestRedirect}]"), "", timeouts, "FAIL - leads to what is built here"},
		"retries of the gateway":   {service("gateway.networking.k8s.io/v1", "HTTPRoute", "", "parentRefs: [{name: gw}]\nrules:\n- backendRefs: [{name: orders}]") + "---\napiVersion: gateway.envoyproxy.io/v1alpha1\nkind: BackendTrafficPolicy\nmetadata: {name: b}\nspec: {targetRef: {kind: Gateway, name: gw}, retry: {retryOn: {}}}\n---\napiVersion: gateway.envoyproxy.io/v1alpha1\nkind: BackendTrafficPolicy\nmetadata: {name: other}\nspec: {targetRef: {kind: Gateway, name: x}, retry: {numRetries: 9}}\n", "", retries(), "PASS mesh/m.yaml:8 3 attempts by default"},
		"a profile's timeout":      {service("linkerd.io/v1alpha2", "ServiceProfile", "", "routes:\n- {name: a, timeout: 2s, condition: {pathRegex: \"(\"}}"), "", timeouts, "PASS mesh/m.yaml:7 timeout 2s"},
		"retries of Contour":       {contour("routes:\n- {services: [{name: orders}], retryPolicy: {count: 4}}"), "", retries(), "FAIL mesh/m.yaml:7 5 attempts"},
		"a retry of Contour":       {contour("routes:\n- {services: [{name: orders}], retryPolicy: {}}"), "", retries(), "PASS mesh/m.yaml:7 2 attempts by default"},
		"retries of Traefik":       {service("traefik.io/v1alpha1", "IngressRoute", "", "routes:\n- {services: [{name: orders}], middlewares: [{name: again}]}") + "---\napiVersion: traefik.io/v1alpha1\nkind: Middleware\nmetadata: {name: again}\nspec: {retry: {attempts: 4}}\n", "", retries(), "FAIL mesh/m.yaml:7 4 attempts"},
		"an old Canary":            {service("flagger.app/v1beta1", "Canary", "", "canaryAnalysis:\n  iterations: 3\n  metrics: [{name: request-duration, threshold: 500}]"), "", (*manifests.Result).Canary, "PASS mesh/m.yaml:8 request-duration"},
		"a patched policy":         {deployment("", "", "") + "-- k/kustomization.yaml --\nresources: [p.yaml]\npatches: [{patch: \"- op: remove\"}]\n-- k/p.yaml --\napiVersion: v1\nkind: LimitRange\nmetadata: {name: l}\nspec: {limits: [{max: {cpu: 1}}]}\n", "", admits(manifests.AboutResources), "UNKNOWN k/kustomization.yaml:2 cannot be told"},
		"a range of memory":        {deployment("", "", "") + "-- l.yaml --\napiVersion: v1\nkind: LimitRange\nmetadata: {name: l}\nspec: {limits: [{max: {memory: 1}}]}\n", "", admits(manifests.AboutResources), "FAIL - no admission policy"},
		"Istio tells of ejections": {service("install.istio.io/v1alpha1", "IstioOperator", "", "meshConfig: {defaultConfig: {proxyStatsMatcher: {inclusionRegexps: [\".*outlier_detection.*\"]}}}") + "-- mon.yaml --\napiVersion: monitoring.coreos.com/v1\nkind: PodMonitor\nmetadata: {name: envoy}\nspec: {podMetricsEndpoints: [{path: /stats/prometheus}]}\n", "", (*manifests.Result).EjectionsScraped, "PASS mesh/m.yaml:1 with those of replicas"},
		"a pod":                    {module + "-- p.yaml --\napiVersion: v1\nkind: Pod\nmetadata: {name: p, annotations: {prometheus.io/scrape: \"true\"}}\nspec: {containers: [{name: orders, image: orders}]}\n", "", (*manifests.Result).MetricsScraped, "PASS p.yaml:3 Pod p"},
		"containers that are none": {module + "-- p.yaml --\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {}\n", "", (*manifests.Result).Probes, "NOT_APPLICABLE - it has no manifests"},
	})
	r := collect(t, virtualService("- timeout: 1s\n  match: [{uri: {exact: /orders}}]\n"+toOrders), "")
	if got := r.Routes(); len(got) != 1 || got[0].Path != "/orders" || got[0].At != (verdict.Place{File: "mesh/m.yaml", Line: 8, Text: "VirtualService m, timeout: 1s"}) {
		t.Errorf("routes are %+v", got)
	}
}

func TestServices(t *testing.T) {
	archive := deployment("", "", "") + "---\napiVersion: v1\nkind: Service\nmetadata: {name: checkout}\nspec: {selector: {app: orders}}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: other}\nspec: {selector: {app: x}}\n-- compose.yml --\nservices: {shop: {image: \"acme/orders:v1\"}}\n"
	r := collect(t, archive, "")
	if got, want := r.Services("Orders"), []string{"checkout", "orders", "shop"}; !slices.Equal(got, want) {
		t.Errorf("services are %q, want %q", got, want)
	}
	if got := r.Services("risk"); len(got) > 0 {
		t.Errorf("services of what does not run are %q", got)
	}
}
