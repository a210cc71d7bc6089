package manifests_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lagvet/lagvet/maturity/budgets"
	"github.com/lagvet/lagvet/maturity/internal/manifests"
	"github.com/lagvet/lagvet/maturity/internal/treetest"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// A check is one of a result's, with the parameters that a test has for it.
type check func(r *manifests.Result) verdict.Result

func limits(version string) check {
	return func(r *manifests.Result) verdict.Result {
		return r.LimitsAgainstGOMAXPROCS(manifests.Runtime{Go: version})
	}
}

func outliers(inventory ...string) check {
	return func(r *manifests.Result) verdict.Result { return r.OutlierDetection(inventory) }
}

func retries(code ...manifests.Attempts) check {
	return func(r *manifests.Result) verdict.Result { return r.RetriesBounded(code) }
}

func admits(about string) check {
	return func(r *manifests.Result) verdict.Result { return r.AdmissionPolicy(about) }
}

func callers(endpoints ...budgets.Endpoint) check {
	return func(r *manifests.Result) verdict.Result { return r.CallerNotShorter(endpoints) }
}

func stops(drain time.Duration) check {
	return func(r *manifests.Result) verdict.Result {
		return r.StopsInTime(drain, verdict.Place{File: "main.go", Line: 3})
	}
}

// all are the checks, for what holds of each.
func all() map[string]check {
	return map[string]check{
		"limits": limits("1.25"), "quota": (*manifests.Result).Quota, "concurrency": (*manifests.Result).Concurrency, "leak": (*manifests.Result).LeakProfileCollected,
		"readiness": (*manifests.Result).Readiness, "probes": (*manifests.Result).Probes, "stops": stops(time.Second),
		"timeouts": (*manifests.Result).Timeouts, "callers": callers(), "admission": admits(manifests.AboutTimeouts),
		"otel": (*manifests.Result).OTelInjected, "metrics": (*manifests.Result).MetricsScraped, "outliers": outliers("risk"),
		"retries": retries(manifests.Attempts{Host: "risk", N: 1}), "ejections": (*manifests.Result).EjectionsScraped,
		"canary": (*manifests.Result).Canary, "images": (*manifests.Result).ImagesPinned,
	}
}

// A case is a repository, what its templates render to, and what a check says of it.
type testCase struct {
	repository, rendered string
	check                check
	want                 string
}

func run(t *testing.T, cases map[string]testCase) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			treetest.Expect(t, c.check(collect(t, c.repository, c.rendered)), c.want)
		})
	}
}

func collect(t *testing.T, repository, rendered string) *manifests.Result {
	t.Helper()
	tr := treetest.Open(t, repository)
	if rendered == "" {
		return manifests.Collect(tr)
	}
	return manifests.Collect(tr, treetest.Open(t, rendered))
}

// module makes a repository one whose program is called orders.
const module = "-- go.mod --\nmodule github.com/acme/orders\n"

// deployment is one of the program, as it is written with care for nothing; what is
// given is added to its pods' metadata, to its pods, and to its container.
func deployment(metadata, pod, container string) string {
	return module + `-- deploy/orders.yaml --
apiVersion: apps/v1
kind: Deployment
metadata:
  name: orders
spec:
  template:
    metadata:
      labels: {app: orders}
` + indent(6, metadata) + `    spec:
` + indent(6, pod) + `      containers:
      - name: orders
        image: ghcr.io/acme/orders:v1.2.3
` + indent(8, container) + `---
apiVersion: v1
kind: Service
metadata: {name: orders, labels: {team: pay}}
spec:
  selector: {app: orders}
`
}

func indent(n int, text string) string {
	if text == "" {
		return ""
	}
	pad := strings.Repeat(" ", n)
	return pad + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n"+pad) + "\n"
}

func TestNothingToJudge(t *testing.T) {
	for name, c := range map[string]struct{ repository, want string }{
		"a library":         {module + "-- orders.go --\npackage orders\n", "NOT_APPLICABLE - it has no manifests"},
		"examples":          {module + strings.Replace(deployment("", "", ""), "deploy/", "examples/deploy/", 1), "NOT_APPLICABLE examples/deploy/orders.yaml of tests and examples"},
		"fixtures":          {module + strings.Replace(deployment("", "", ""), "deploy/", "internal/testdata/", 1), "NOT_APPLICABLE internal/testdata/orders.yaml of tests and examples"},
		"vendored":          {module + strings.Replace(deployment("", "", ""), "deploy/", "vendor/x/", 1), "NOT_APPLICABLE - it has no manifests"},
		"others' images":    {module + "-- deploy/db.yaml --\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec: {template: {spec: {containers: [{name: db, image: postgres:16}]}}}\n", "NOT_APPLICABLE deploy/db.yaml:1 only what others build: postgres:16"},
		"only a chart":      {module + "-- chart/Chart.yaml --\nname: orders\n-- chart/templates/d.yaml --\nkind: {{ .Values.kind }}\n-- chart/values.yaml --\na: 1\n", "UNKNOWN chart/Chart.yaml:1 helm template chart > rendered.yaml"},
		"a library's chart": {module + "-- chart/Chart.yaml --\nname: orders\ntype: library\n", "NOT_APPLICABLE - it has no manifests"},
		"Nomad's fixtures":  {module + "-- command/asset/example.nomad.hcl --\njob \"a\" {}\n-- enos/modules/a/main.tf --\nresource \"a\" \"b\" {}\n-- jobspec/test-fixtures/b.nomad --\njob \"b\" {}\n", "NOT_APPLICABLE - it has no manifests"},
		"Nomad":             {module + "-- deploy/orders.nomad.hcl --\njob \"orders\" {}\n", "UNKNOWN deploy/orders.nomad.hcl deployed by Nomad"},
		"Terraform":         {module + "-- infra/main.tf --\nresource \"kubernetes_deployment\" \"orders\" {}\n", "UNKNOWN infra/main.tf deployed by Terraform"},
		"machines of tools": {module + "-- tools/provisioning/main.tf --\nresource \"a\" \"b\" {}\n", "NOT_APPLICABLE - it has no manifests"},
		"Jsonnet":           {module + "-- infra/main.jsonnet --\nlocal deployment = k.apps.v1.deployment;\n", "UNKNOWN infra/main.jsonnet deployed by Jsonnet"},
		"Heroku":            {module + "-- Procfile --\nweb: bin/orders\n", "UNKNOWN Procfile deployed by a Procfile"},
		"a local Procfile":  {module + "-- Procfile --\netcd1: bin/etcd\n", "NOT_APPLICABLE - it has no manifests"},
		"broken":            {module + "-- deploy/orders.yaml --\napiVersion: v1\nkind: Service\n  metadata: {\n", "UNKNOWN deploy/orders.yaml:3 mapping values are not allowed"},
		"a template":        {module + "-- deploy/orders.yaml --\napiVersion: v1\nkind: {{ kind }}\n{{ if x }}\n", "UNKNOWN deploy/orders.yaml:3 give what it renders to"},
		"too large":         {module + "-- deploy/orders.yaml --\napiVersion: v1\nkind: Service\n" + strings.Repeat("#", 1<<20), "UNKNOWN deploy/orders.yaml larger than 1024 KiB"},
		"a bomb":            {module + "-- deploy/orders.yaml --\napiVersion: v1\nkind: Service\na: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: [*f,*f]\n", "UNKNOWN deploy/orders.yaml:1 more than 1000000 values"},
	} {
		for which, check := range all() {
			t.Run(name+"/"+which, func(t *testing.T) {
				treetest.Expect(t, check(collect(t, c.repository, "")), c.want)
			})
		}
	}
}

// What is not seen turns neither into a pass nor, where something is missing, into a failure.
func TestHidden(t *testing.T) {
	chart := "-- chart/Chart.yaml --\nname: mesh\n"
	for name, c := range all() {
		t.Run(name, func(t *testing.T) {
			seen := c(collect(t, deployment("", "", ""), ""))
			got := c(collect(t, deployment("", "", "")+chart, ""))
			if got.Status == verdict.Pass || seen.Status != verdict.Fail && got.Status == verdict.Fail || got.Status == verdict.NotApplicable {
				t.Errorf("with a chart that is not rendered it is %s: %s; without %s: %s", got.Status, got.Reason, seen.Status, seen.Reason)
			}
		})
	}
	rule := "-- r.yaml --\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: r}\nspec: {host: risk, trafficPolicy: {outlierDetection: {}}}\n"
	treetest.Expect(t, collect(t, deployment("", "", "")+rule, "").OutlierDetection([]string{"risk", "score"}), "FAIL - 1 of 2")
	treetest.Expect(t, collect(t, deployment("", "", "")+rule+chart, "").OutlierDetection([]string{"risk", "score"}), "UNKNOWN chart/Chart.yaml:1 1 of 2")
	r := collect(t, module+chart, strings.Replace(deployment("", "", ""), "deploy/", "", 1))
	treetest.Expect(t, r.Probes(), "FAIL orders.yaml:1 the only workload has no readiness probe")
}

func TestLimits(t *testing.T) {
	limited := "resources: {limits: {cpu: 1500m}}"
	run(t, map[string]testCase{
		"by the runtime":      {deployment("", "", limited), "", limits("1.25.1"), "PASS deploy/orders.yaml:13 a CPU limit of 1.5, which the runtime of Go 1.25.1 goes by"},
		"an older runtime":    {deployment("", "", limited), "", limits("1.24"), "FAIL deploy/orders.yaml:13 which Go 1.24 takes no notice of"},
		"a runtime not known": {deployment("", "", limited), "", limits(""), "UNKNOWN deploy/orders.yaml:11 which Go builds it is not known"},
		"turned off":          {deployment("", "", limited+"\nenv: [{name: GODEBUG, value: \"madvdontneed=1,containermaxprocs=0\"}]"), "", limits("1.26"), "FAIL deploy/orders.yaml:13 containermaxprocs=0"},
		"no limit":            {deployment("", "", "resources: {requests: {cpu: 1}}"), "", limits("1.26"), "FAIL deploy/orders.yaml:11 neither a CPU limit nor GOMAXPROCS"},
		"no number":           {deployment("", "", "resources: {limits: {cpu: 1e3m}}"), "", limits("1.26"), "UNKNOWN deploy/orders.yaml:13 is no amount of CPU"},
		"set by hand":         {deployment("", "", limited+"\nenv: [{name: GOMAXPROCS, value: \"2\"}]"), "", limits("1.20"), "PASS deploy/orders.yaml:14 GOMAXPROCS is 2 under a CPU limit of 1.5"},
		"set too high":        {deployment("", "", limited+"\nenv:\n- {name: A, value: b}\n- {name: GOMAXPROCS, value: \"8\"}"), "", limits("1.26"), "FAIL deploy/orders.yaml:16 GOMAXPROCS is 8 under a CPU limit of 1.5"},
		"set by its limit":    {deployment("", "", limited+"\nenv: [{name: GOMAXPROCS, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}]"), "", limits("1.20"), "PASS deploy/orders.yaml:14 GOMAXPROCS is its limits.cpu"},
		"set by none":         {deployment("", "", "env: [{name: GOMAXPROCS, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}]"), "", limits("1.20"), "FAIL deploy/orders.yaml:13 all CPUs of the node"},
		"set by its request":  {deployment("", "", "resources: {requests: {cpu: 2}}\nenv: [{name: GOMAXPROCS, valueFrom: {resourceFieldRef: {resource: requests.cpu}}}]"), "", limits("1.20"), "PASS deploy/orders.yaml:14 GOMAXPROCS is its requests.cpu"},
		"set by no request":   {deployment("", "", limited+"\nenv: [{name: GOMAXPROCS, valueFrom: {resourceFieldRef: {resource: requests.cpu}}}]"), "", limits("1.20"), "FAIL deploy/orders.yaml:14 which says nothing of CPUs"},
		"set in thousandths":  {deployment("", "", limited+"\nenv: [{name: GOMAXPROCS, valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: 1m}}}]"), "", limits("1.20"), "FAIL deploy/orders.yaml:14 counted in 1m"},
		"set by a secret":     {deployment("", "", "env: [{name: GOMAXPROCS, valueFrom: {secretKeyRef: {name: a, key: b}}}]"), "", limits("1.26"), "UNKNOWN deploy/orders.yaml:11 not in the manifest"},
		"set by a ConfigMap":  {deployment("", "", limited+"\nenvFrom: [{configMapRef: {name: env}}]") + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: env}\ndata:\n  GOMAXPROCS: \"16\"\n", "", limits("1.26"), "FAIL deploy/orders.yaml:26 GOMAXPROCS is 16"},
		"by a LimitRange":     {deployment("", "", "") + "---\napiVersion: v1\nkind: LimitRange\nmetadata: {name: std}\nspec:\n  limits:\n  - type: Container\n    default: {cpu: 2}\n", "", limits("1.26"), "PASS deploy/orders.yaml:26 a CPU limit of 2"},
		"another's LimitRange": {strings.Replace(deployment("", "", ""), "  name: orders\nspec", "  name: orders\n  namespace: a\nspec", 1) +
			"---\napiVersion: v1\nkind: LimitRange\nmetadata: {name: std, namespace: b}\nspec: {limits: [{type: Container, default: {cpu: 2}}]}\n", "", limits("1.26"), "FAIL deploy/orders.yaml:12 neither"},
		"a unit with a quota":    {module + "-- orders.service --\n[Service]\nExecStart=/usr/bin/orders\nCPUQuota=150%\nEnvironment=\"GOMAXPROCS=4\" A=b\n", "", limits("1.26"), "FAIL orders.service:4 GOMAXPROCS is 4 under a CPU limit of 1.5"},
		"a unit without":         {module + "-- orders.service --\n[Service]\nExecStart=/usr/bin/orders\n", "", limits("1.26"), "NOT_APPLICABLE orders.service:2 set no CPUQuota"},
		"compose in production":  {module + "-- compose.prod.yml --\nservices:\n  orders:\n    build: .\n    cpus: 0.5\n", "", limits("1.26"), "PASS compose.prod.yml:4 a CPU limit of 500m"},
		"compose of a developer": {module + "-- docker-compose.yml --\nservices:\n  orders:\n    build: .\n  db: {image: postgres}\n", "", limits("1.26"), "UNKNOWN docker-compose.yml:3 a developer's"},
		"compose beside":         {deployment("", "", limited) + "-- compose.prod.yml --\nservices: {orders: {build: .}}\n", "", limits("1.26"), "PASS deploy/orders.yaml:13 the only"},
		"another's container":    {deployment("", "", limited+"\nports: []") + "-- deploy/db.yaml --\napiVersion: v1\nkind: Pod\nmetadata: {name: db}\nspec: {containers: [{name: redis, image: \"redis:7\"}]}\n", "", limits("1.26"), "PASS deploy/orders.yaml:13 the only"},
		"in a list":              {module + "-- all.json --\n{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [{\"apiVersion\": \"batch/v1\", \"kind\": \"CronJob\",\n\"metadata\": {\"name\": \"x\"}, \"spec\": {\"jobTemplate\": {\"spec\": {\"template\": {\"spec\": {\"containers\": [\n{\"name\": \"x\", \"image\": \"orders:v1\"}]}}}}}}]}\n", "", limits("1.26"), "FAIL all.json:3 CronJob x, container x"},
	})
	sets := verdict.Place{File: "main.go", Line: 7}
	r := collect(t, deployment("", "", limited), "")
	treetest.Expect(t, r.LimitsAgainstGOMAXPROCS(manifests.Runtime{Go: "1.21", Sets: sets}), "PASS deploy/orders.yaml:13 the code sets GOMAXPROCS by it (main.go:7)")
	r = collect(t, deployment("", "", "resources: {limits: {cpu: 1e3m}}"), "")
	if len(r.Problems) != 1 || r.Problems[0].String() != "deploy/orders.yaml:13" {
		t.Errorf("problems are %v", r.Problems)
	}
}

func TestQuota(t *testing.T) {
	quota := (*manifests.Result).Quota
	run(t, map[string]testCase{
		"none":              {deployment("", "", "resources: {requests: {cpu: 1}}"), "", quota, "FAIL deploy/orders.yaml:11 has no bound"},
		"a limit":           {deployment("", "", "resources: {limits: {cpu: 1}}"), "", quota, "PASS deploy/orders.yaml:13 cpu: 1"},
		"no amount":         {deployment("", "", "resources: {limits: {cpu: much}}"), "", quota, "UNKNOWN deploy/orders.yaml:13 no amount of CPU"},
		"of a namespace":    {deployment("", "", "") + "---\napiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q}\nspec: {hard: {limits.cpu: \"20\"}}\n", "", quota, "PASS deploy/orders.yaml:23 ResourceQuota q"},
		"of memory":         {deployment("", "", "") + "---\napiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q}\nspec: {hard: {limits.memory: 1Gi}}\n", "", quota, "FAIL deploy/orders.yaml:11 the only"},
		"a unit":            {module + "-- orders.service --\n[Service]\nExecStart=/usr/bin/orders\nCPUQuota=50%\n", "", quota, "PASS orders.service:3 CPUQuota=50%"},
		"a unit's nonsense": {module + "-- orders.service --\n[Service]\nExecStart=/usr/bin/orders\nCPUQuota=half\n", "", quota, "UNKNOWN orders.service:3 no share of CPU"},
		"not Go's":          {module + "-- compose.prod.yml --\nservices: {web: {build: web}, orders: {build: {context: ., dockerfile: Dockerfile}, cpus: 1, environment: [A=b], labels: [a=b]}}\n-- web/index.js --\n", "", quota, "PASS compose.prod.yml:1 the only"},
		"of a swarm":        {module + "-- compose.yml --\nservices: {orders: {build: ., environment: {A: b}, labels: {a: b}, deploy: {update_config: {parallelism: 1}}}}\n", "", quota, "FAIL compose.yml:1 the only"},
		"not known whose":   {module + "-- compose.yml --\nservices: {orders: {build: {context: ., dockerfile: $FILE}}, web: {build: $WEB}}\n", "", quota, "UNKNOWN compose.yml:1 cannot be told"},
	})
}

func TestConcurrency(t *testing.T) {
	service := deployment("", "", "")
	rule := func(spec string) string {
		return service + "-- mesh/rule.yaml --\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: r}\nspec:\n" + indent(2, spec)
	}
	concurrency := (*manifests.Result).Concurrency
	run(t, map[string]testCase{
		"none":               {service, "", concurrency, "FAIL deploy/orders.yaml:14 nothing bounds how many requests"},
		"of connections":     {rule("host: orders.pay.svc.cluster.local\ntrafficPolicy:\n  connectionPool:\n    tcp:\n      maxConnections: 100"), "", concurrency, "PASS mesh/rule.yaml:9 orders: a limit in DestinationRule r"},
		"of a port":          {rule("host: orders\ntrafficPolicy:\n  portLevelSettings:\n  - port: {number: 80}\n    connectionPool: {http: {http2MaxRequests: 10}}"), "", concurrency, "PASS mesh/rule.yaml:9 a limit"},
		"of another":         {rule("host: risk\ntrafficPolicy: {connectionPool: {tcp: {maxConnections: 100}}}"), "", concurrency, "FAIL deploy/orders.yaml:14 nothing bounds"},
		"at the ingress":     {service + "-- i.yaml --\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: i\n  annotations:\n    nginx.ingress.kubernetes.io/limit-connections: \"20\"\nspec: {rules: [{http: {paths: [{path: /, backend: {service: {name: orders}}}]}}]}\n", "", concurrency, "PASS i.yaml:6 a limit in Ingress i"},
		"of Linkerd":         {service + "-- l.yaml --\napiVersion: policy.linkerd.io/v1alpha1\nkind: HTTPLocalRateLimitPolicy\nmetadata: {name: l}\nspec:\n  targetRef: {kind: Server, name: orders}\n  total: {requestsPerSecond: 100}\n", "", concurrency, "PASS l.yaml:5 a limit"},
		"of Envoy's cluster": {service + "-- envoy.yaml --\nstatic_resources:\n  clusters:\n  - name: orders\n    circuit_breakers: {thresholds: [{max_requests: 100}]}\n", "", concurrency, "PASS envoy.yaml:4 Envoy's cluster orders"},
		"of one of two":      {rule("host: orders\ntrafficPolicy: {connectionPool: {tcp: {maxConnections: 1}}}") + "---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: v}\nspec:\n  hosts: [orders, risk]\n  http:\n  - route: [{destination: {host: orders}}, {destination: {host: risk}}]\n", "", concurrency, "FAIL mesh/rule.yaml:14 1 of 2 services has no bound"},
		"of Traefik":         {service + "-- t.yaml --\napiVersion: traefik.io/v1alpha1\nkind: IngressRoute\nmetadata: {name: t}\nspec: {routes: [{match: x, middlewares: [{name: few}], services: [{name: orders}]}]}\n---\napiVersion: traefik.io/v1alpha1\nkind: Middleware\nmetadata: {name: few}\nspec: {inFlightReq: {amount: 10}}\n", "", concurrency, "PASS t.yaml:9 a limit"},
	})
}

func TestLeakProfile(t *testing.T) {
	leak := (*manifests.Result).LeakProfileCollected
	run(t, map[string]testCase{
		"none":              {deployment("", "", ""), "", leak, "FAIL deploy/orders.yaml:1 the only workload has neither profiled"},
		"of goroutines":     {deployment("annotations: {profiles.grafana.com/goroutine.scrape: \"true\"}", "", ""), "", leak, "PASS deploy/orders.yaml:9 goroutine is profiled"},
		"of CPU":            {deployment("annotations: {profiles.grafana.com/cpu.scrape: \"true\"}", "", ""), "", leak, "FAIL deploy/orders.yaml:1 only CPU is profiled"},
		"turned off":        {deployment("annotations: {profiles.grafana.com/memory.scrape: \"false\"}", "", ""), "", leak, "FAIL deploy/orders.yaml:1 has neither profiled"},
		"sent to Pyroscope": {deployment("", "", "env: [{name: PYROSCOPE_SERVER_ADDRESS, value: \"http://pyroscope\"}]"), "", leak, "PASS deploy/orders.yaml:13 PYROSCOPE_SERVER_ADDRESS"},
		"fetched by Parca":  {deployment("", "", "") + "-- parca.yaml --\nscrape_configs:\n- job_name: a\n  profiling_config: {pprof_config: {goroutine: {enabled: true}}}\n", "", leak, "PASS parca.yaml:3 profiling_config"},
		"fetched by Alloy":  {deployment("", "", "") + "-- config.alloy --\n\npyroscope.scrape \"x\" {}\n", "", leak, "PASS config.alloy:2 pyroscope.scrape"},
		"of a unit":         {module + "-- orders.service --\n[Service]\nExecStart=/usr/bin/orders\n", "", leak, "FAIL orders.service:2 the only"},
		"only a job":        {strings.Replace(strings.Replace(deployment("", "", ""), "apps/v1", "batch/v1", 1), "kind: Deployment", "kind: Job", 1), "", leak, "NOT_APPLICABLE deploy/orders.yaml:1 only jobs"},
	})
}

func TestReadiness(t *testing.T) {
	readiness, probes := (*manifests.Result).Readiness, (*manifests.Result).Probes
	run(t, map[string]testCase{
		"none":              {deployment("", "", ""), "", readiness, "FAIL deploy/orders.yaml:1 does not run lagvet doctor"},
		"another probe":     {deployment("", "", "readinessProbe: {httpGet: {path: /healthz, port: 80}}"), "", readiness, "FAIL deploy/orders.yaml:1 its readiness probe asks something else"},
		"init container":    {deployment("", "initContainers:\n- name: doctor\n  image: lagvet\n  command: [lagvet]\n  args: [doctor, --profile, container]", ""), "", readiness, "PASS deploy/orders.yaml:11 lagvet doctor --profile container"},
		"in a shell":        {deployment("", "", "startupProbe:\n  exec:\n    command: [sh, -c, \"/bin/lagvet doctor --pid 1\"]"), "", readiness, "PASS deploy/orders.yaml:15 lagvet doctor --pid 1"},
		"by its path":       {deployment("", "", "readinessProbe: {httpGet: {path: /debug/lagvet, port: 6060}}"), "", readiness, "PASS deploy/orders.yaml:13 readinessProbe: /debug/lagvet"},
		"liveness only":     {deployment("", "", "livenessProbe: {httpGet: {path: /debug/lagvet, port: 6060}}"), "", readiness, "FAIL deploy/orders.yaml:1 does not run"},
		"before a unit":     {module + "-- orders.service --\n[Service]\nExecStartPre=/usr/bin/lagvet doctor\nExecStart=/usr/bin/orders\n", "", readiness, "PASS orders.service:2 runs lagvet doctor"},
		"of compose":        {module + "-- compose.yml --\nservices:\n  orders:\n    build: .\n    healthcheck:\n      test: [CMD, lagvet, doctor]\n", "", readiness, "PASS compose.yml:5 healthcheck"},
		"a probe":           {deployment("", "", "readinessProbe: {grpc: {port: 80}}"), "", probes, "PASS deploy/orders.yaml:13 readinessProbe"},
		"no probe":          {deployment("", "", "livenessProbe: {grpc: {port: 80}}"), "", probes, "FAIL deploy/orders.yaml:1 no readiness probe"},
		"a probe of a unit": {module + "-- orders.service --\n[Service]\nExecStart=/usr/bin/orders\n", "", probes, "NOT_APPLICABLE orders.service:2 only systemd units"},
	})
}

func TestStops(t *testing.T) {
	run(t, map[string]testCase{
		"by default":         {deployment("", "", ""), "", stops(25 * time.Second), "PASS main.go:3 killed after 30s, for 25s"},
		"too short":          {deployment("", "terminationGracePeriodSeconds: 10", ""), "", stops(25 * time.Second), "FAIL deploy/orders.yaml:10 killed after 10s, for 25s"},
		"with a pause":       {deployment("", "", "lifecycle: {preStop: {sleep: {seconds: 10}}}"), "", stops(25 * time.Second), "FAIL deploy/orders.yaml:1 killed after 30s, for 35s"},
		"with a command":     {deployment("", "terminationGracePeriodSeconds: 60", "lifecycle: {preStop: {exec: {command: [sh, -c, \"sleep 10\"]}}}"), "", stops(25 * time.Second), "PASS deploy/orders.yaml:10 killed after 1m0s, for 35s"},
		"not known":          {deployment("", "", "lifecycle: {preStop: {exec: {command: [sleep, \"10\"]}}}"), "", stops(0), "UNKNOWN deploy/orders.yaml:1 for 10s of draining"},
		"too short, unknown": {deployment("", "terminationGracePeriodSeconds: 5", "lifecycle: {preStop: {exec: {command: [sleep, \"10\"]}}}"), "", stops(0), "FAIL deploy/orders.yaml:10 killed after 5s"},
		"a unit":             {module + "-- orders.service --\n[Service]\nExecStart=/usr/bin/orders\nTimeoutStopSec=1min 30s\n", "", stops(2 * time.Minute), "FAIL orders.service:3 killed after 1m30s"},
		"a patient unit":     {module + "-- orders.service --\n[Service]\nExecStart=/usr/bin/orders\nTimeoutStopSec=infinity\n", "", stops(2 * time.Minute), "PASS orders.service:3 is never killed"},
		"compose":            {module + "-- compose.prod.yml --\nservices:\n  orders:\n    build: .\n    stop_grace_period: 1m\n", "", stops(25 * time.Second), "PASS compose.prod.yml:4 killed after 1m0s"},
	})
}
