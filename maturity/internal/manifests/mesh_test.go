package manifests_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lagvet/lagvet/maturity/budgets"
	"github.com/lagvet/lagvet/maturity/internal/manifests"
	"github.com/lagvet/lagvet/maturity/internal/treetest"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// service is the program with one more file, which begins with what an object of this
// version and kind has; spec is below it.
func service(apiVersion, kind, annotations, spec string) string {
	s := deployment("", "", "") + "-- mesh/m.yaml --\napiVersion: " + apiVersion + "\nkind: " + kind + "\nmetadata:\n  name: m\n"
	if annotations != "" {
		s += "  annotations:\n" + indent(4, annotations)
	}
	return s + "spec:\n" + indent(2, spec)
}

func virtualService(http string) string {
	return service("networking.istio.io/v1beta1", "VirtualService", "", "hosts: [orders]\nhttp:\n"+http)
}

func ingress(annotations, class string) string {
	return service("networking.k8s.io/v1", "Ingress", annotations, class+"\nrules:\n- host: shop.acme.io\n  http:\n    paths:\n    - path: /orders\n      backend: {service: {name: orders, port: {number: 80}}}")
}

const toOrders = "  route: [{destination: {host: orders}}]"

func TestTimeouts(t *testing.T) {
	timeouts := (*manifests.Result).Timeouts
	envoy := func(route string) string {
		return deployment("", "", "") + "-- envoy.yaml --\nstatic_resources:\n  listeners:\n  - filter_chains:\n    - filters:\n      - typed_config:\n          route_config:\n            virtual_hosts:\n            - domains: [\"*\"]\n              routes:\n              - match: {prefix: /}\n" + indent(16, route)
	}
	run(t, map[string]testCase{
		"no routes":                {deployment("", "", ""), "", timeouts, "FAIL - no route of a mesh or an ingress leads"},
		"of Istio":                 {virtualService("- timeout: 5s\n" + toOrders), "", timeouts, "PASS mesh/m.yaml:8 VirtualService m to orders: timeout 5s"},
		"none of Istio":            {virtualService("- name: a\n" + toOrders), "", timeouts, "FAIL mesh/m.yaml:8 timeout none"},
		"turned off":               {virtualService("- timeout: 0s\n" + toOrders), "", timeouts, "FAIL mesh/m.yaml:8 timeout off"},
		"one of two":               {virtualService("- timeout: 5s\n" + toOrders + "\n- name: b\n" + toOrders), "", timeouts, "FAIL mesh/m.yaml:10 1 of 2 routes has no timeout"},
		"a redirect":               {virtualService("- timeout: 5s\n" + toOrders + "\n- redirect: {uri: /x}"), "", timeouts, "PASS mesh/m.yaml:8 the only"},
		"of no duration":           {virtualService("- timeout: soon\n" + toOrders), "", timeouts, "FAIL mesh/m.yaml:8 timeout none"},
		"of HTTPRoute":             {service("gateway.networking.k8s.io/v1", "HTTPRoute", "", "parentRefs: [{name: gw}]\nrules:\n- timeouts: {request: 10s}\n  backendRefs: [{name: orders, port: 80}]"), "", timeouts, "PASS mesh/m.yaml:8 HTTPRoute m to orders: timeout 10s"},
		"of its backend":           {service("gateway.networking.k8s.io/v1", "HTTPRoute", "", "parentRefs: [{name: gw}]\nrules:\n- timeouts: {backendRequest: 2s}\n  backendRefs: [{name: orders, port: 80}]"), "", timeouts, "PASS mesh/m.yaml:8 timeout 2s"},
		"none of HTTPRoute":        {service("gateway.networking.k8s.io/v1", "HTTPRoute", "", "parentRefs: [{name: gw}]\nrules:\n- backendRefs: [{name: orders, port: 80}]"), "", timeouts, "FAIL mesh/m.yaml:8 timeout none"},
		"of the gateway":           {service("gateway.networking.k8s.io/v1", "GRPCRoute", "", "parentRefs: [{name: gw}]\nrules:\n- backendRefs: [{name: orders, port: 80}]") + "---\napiVersion: gateway.envoyproxy.io/v1alpha1\nkind: BackendTrafficPolicy\nmetadata: {name: b}\nspec:\n  targetRefs: [{kind: Gateway, name: gw}]\n  timeout: {http: {requestTimeout: 20s}}\n", "", timeouts, "PASS mesh/m.yaml:15 timeout 20s"},
		"of Linkerd's service":     {strings.Replace(deployment("", "", ""), "labels: {team: pay}", "annotations: {timeout.linkerd.io/request: 3s}", 1), "", timeouts, "PASS deploy/orders.yaml:16 timeout 3s"},
		"of Linkerd's profile":     {service("linkerd.io/v1alpha2", "ServiceProfile", "", "routes:\n- name: GET /\n  condition: {pathRegex: /orders/.*}"), "", timeouts, "PASS mesh/m.yaml:7 timeout 10s by default"},
		"of Linkerd's route":       {service("policy.linkerd.io/v1beta3", "HTTPRoute", "timeout.linkerd.io/response: 1s", "parentRefs: [{name: orders, kind: Service}]\nrules:\n- matches: []"), "", timeouts, "PASS mesh/m.yaml:6 HTTPRoute m to orders: timeout 1s"},
		"of Envoy by default":      {envoy("route: {cluster: orders}"), "", timeouts, "PASS envoy.yaml:10 timeout 15s by default"},
		"of Envoy":                 {envoy("route: {weightedClusters: {clusters: [{name: orders}]}, timeout: 0.25s}"), "", timeouts, "PASS envoy.yaml:11 timeout 250ms"},
		"off in Envoy":             {envoy("route: {cluster: orders, timeout: 0s}"), "", timeouts, "FAIL envoy.yaml:11 timeout off"},
		"of Envoy, in a ConfigMap": {deployment("", "", "") + "-- c.yaml --\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: envoy}\ndata:\n  envoy.yaml: |\n    virtual_hosts:\n    - routes:\n      - route: {cluster: orders, timeout: 7s}\n", "", timeouts, "PASS c.yaml:8 timeout 7s"},
		"by nginx's default":       {ingress("", "ingressClassName: nginx"), "", timeouts, "FAIL mesh/m.yaml:1 timeout 1m0s between reads by default"},
		"of nginx":                 {ingress("nginx.ingress.kubernetes.io/proxy-read-timeout: \"30\"", ""), "", timeouts, "PASS mesh/m.yaml:6 timeout 30s between reads"},
		"of HAProxy":               {ingress("haproxy.org/timeout-server: 20s", "ingressClassName: haproxy"), "", timeouts, "PASS mesh/m.yaml:6 timeout 20s between reads"},
		"of a class not named":     {ingress("", "defaultBackend: {service: {name: orders}}"), "", timeouts, "UNKNOWN mesh/m.yaml:1 the class of the Ingress is not named"},
		"of another class":         {ingress("", "ingressClassName: alb"), "", timeouts, "UNKNOWN mesh/m.yaml:1 of the ingress class alb are not set here"},
		"by the mesh, behind":      {ingress("", "ingressClassName: nginx") + "---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: v}\nspec: {hosts: [orders], http: [{timeout: 4s, route: [{destination: {host: orders}}]}]}\n", "", timeouts, "PASS mesh/m.yaml:17 all 2 routes"},
		"by the mesh, for a part":  {ingress("", "ingressClassName: nginx") + "---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: v}\nspec: {hosts: [orders], http: [{timeout: 4s, match: [{uri: {prefix: /a}}], route: [{destination: {host: orders}}]}]}\n", "", timeouts, "FAIL mesh/m.yaml:1 1 of 2"},
		"of Contour":               {service("projectcontour.io/v1", "HTTPProxy", "", "virtualhost: {fqdn: shop.acme.io}\nroutes:\n- services: [{name: orders}]\n  timeoutPolicy: {response: 9s}"), "", timeouts, "PASS mesh/m.yaml:9 timeout 9s"},
		"infinity of Contour":      {service("projectcontour.io/v1", "HTTPProxy", "", "routes:\n- services: [{name: orders}]\n  timeoutPolicy: {response: infinity}"), "", timeouts, "FAIL mesh/m.yaml:8 timeout off"},
		"of Traefik":               {service("traefik.io/v1alpha1", "IngressRoute", "", "routes:\n- services: [{name: orders, serversTransport: slow}]") + "---\napiVersion: traefik.io/v1alpha1\nkind: ServersTransport\nmetadata: {name: slow}\nspec: {forwardingTimeouts: {responseHeaderTimeout: 8s}}\n", "", timeouts, "PASS mesh/m.yaml:12 timeout 8s"},
		"of another's program":     {virtualService("- timeout: 5s\n"+toOrders+"\n- route: [{destination: {host: grafana}}]") + "-- g.yaml --\napiVersion: v1\nkind: Service\nmetadata: {name: grafana}\nspec: {selector: {app: g}}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: g, labels: {app: g}}\nspec: {containers: [{name: g, image: \"grafana/grafana:11\"}]}\n", "", timeouts, "PASS mesh/m.yaml:8 the only"},
		"and a service beside":     {virtualService("- timeout: 5s\n  route: [{destination: {host: risk}}]"), "", timeouts, "PASS mesh/m.yaml:8 1 service is in no route"},
	})
}

func TestCallerNotShorter(t *testing.T) {
	endpoint := func(limit time.Duration) budgets.Endpoint {
		return budgets.Endpoint{Name: "GET /orders", Service: "orders", Path: "/orders", Limit: limit, At: verdict.Place{File: "h.go", Line: 4}}
	}
	both := ingress("nginx.ingress.kubernetes.io/proxy-read-timeout: \"10\"", "") + "---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: v}\nspec: {hosts: [orders], http: [{timeout: %s, route: [{destination: {host: orders}}]}]}\n"
	run(t, map[string]testCase{
		"nothing to compare":    {virtualService("- timeout: 5s\n" + toOrders), "", callers(), "UNKNOWN - no two budgets"},
		"the mesh waits longer": {fmt.Sprintf(both, "20s"), "", callers(), "FAIL mesh/m.yaml:6 the ingress waits 10s (mesh/m.yaml:6), the mesh's route 20s"},
		"the ingress does":      {fmt.Sprintf(both, "5s"), "", callers(), "PASS mesh/m.yaml:6 the ingress waits 10s"},
		"the handler longer":    {virtualService("- timeout: 5s\n" + toOrders), "", callers(endpoint(30 * time.Second)), "FAIL mesh/m.yaml:8 GET /orders: the mesh's route waits 5s for the handler, which may take 30s"},
		"the handler shorter":   {virtualService("- timeout: 5s\n" + toOrders), "", callers(endpoint(time.Second)), "PASS mesh/m.yaml:8 the mesh's route 5s ≥ the handler 1s"},
		"patched":               {strings.Replace(virtualService("- timeout: 2s\n  retries: {attempts: 1, perTryTimeout: 3s}\n"+toOrders), "-- mesh/m.yaml --", "-- mesh/kustomization.yaml --\nresources: [m.yaml]\npatches:\n- target: {kind: VirtualService}\n  patch: a\n-- mesh/m.yaml --", 1), "", callers(endpoint(30 * time.Second)), "UNKNOWN mesh/kustomization.yaml:3 an overlay patches it"},
		"an attempt longer":     {virtualService("- timeout: 2s\n  retries: {attempts: 1, perTryTimeout: 3s}\n" + toOrders), "", callers(), "FAIL mesh/m.yaml:8 3s for each attempt within 2s"},
		"an attempt shorter":    {virtualService("- timeout: 2s\n  retries: {attempts: 1, perTryTimeout: 1s}\n" + toOrders), "", callers(), "PASS mesh/m.yaml:8 1s for each attempt within 2s"},
	})
}

func TestOutlierDetection(t *testing.T) {
	rule := func(spec string) string {
		return service("networking.istio.io/v1", "DestinationRule", "", spec)
	}
	run(t, map[string]testCase{
		"none":                {deployment("", "", ""), "", outliers("risk"), "FAIL - for risk"},
		"no inventory":        {deployment("", "", ""), "", outliers(), "UNKNOWN - names no host"},
		"of Istio":            {rule("host: risk.pay.svc.cluster.local\ntrafficPolicy:\n  outlierDetection: {consecutive5xxErrors: 5}"), "", outliers("http://risk:8080"), "PASS mesh/m.yaml:8 DestinationRule m, outlierDetection"},
		"for all":             {rule("host: \"*.local\"\ntrafficPolicy:\n  outlierDetection: {}"), "", outliers("risk"), "PASS mesh/m.yaml:8 outlierDetection"},
		"of one of two":       {rule("host: risk\ntrafficPolicy:\n  outlierDetection: {}"), "", outliers("risk", "score"), "FAIL - score: no outlier detection"},
		"that counts nothing": {rule("host: risk\ntrafficPolicy:\n  outlierDetection: {consecutive5xxErrors: 0}"), "", outliers("risk"), "FAIL mesh/m.yaml:8 consecutive5xxErrors is 0"},
		"of a rule without":   {rule("host: risk\ntrafficPolicy:\n  tls: {mode: SIMPLE}"), "", outliers("risk"), "FAIL mesh/m.yaml:8 DestinationRule m has no outlier detection"},
		"of Envoy":            {deployment("", "", "") + "-- envoy.json --\n{\"staticResources\": {\"clusters\": [{\"name\": \"c\", \"outlierDetection\": {},\n\"loadAssignment\": {\"endpoints\": [{\"lbEndpoints\": [{\"endpoint\": {\"address\": {\"socketAddress\": {\"address\": \"risk\"}}}}]}]}}]}}\n", "", outliers("risk"), "PASS envoy.json:1 Envoy's cluster c"},
		"of Linkerd":          {strings.Replace(deployment("", "", ""), "labels: {team: pay}", "annotations: {balancer.linkerd.io/failure-accrual: consecutive}", 1), "", outliers("orders"), "PASS deploy/orders.yaml:16 failure-accrual"},
		"of Envoy's gateway":  {service("gateway.networking.k8s.io/v1", "HTTPRoute", "", "parentRefs: [{name: gw}]\nrules:\n- backendRefs: [{name: risk}]") + "---\napiVersion: gateway.envoyproxy.io/v1alpha1\nkind: BackendTrafficPolicy\nmetadata: {name: b}\nspec:\n  targetRef: {kind: HTTPRoute, name: m}\n  healthCheck: {passive: {consecutive5XxErrors: 3}}\n", "", outliers("risk"), "PASS mesh/m.yaml:15 BackendTrafficPolicy b"},
	})
}

func TestRetriesBounded(t *testing.T) {
	risk := func(n int) manifests.Attempts {
		return manifests.Attempts{Host: "risk", N: n, At: verdict.Place{File: "risk.go", Line: 9}}
	}
	route := func(retries string) string {
		return service("networking.istio.io/v1", "VirtualService", "", "hosts: [risk]\nhttp:\n- name: a\n"+indent(2, retries)+"  route: [{destination: {host: risk}}]")
	}
	run(t, map[string]testCase{
		"nothing":              {deployment("", "", ""), "", retries(), "UNKNOWN - neither the code nor a route"},
		"in code":              {deployment("", "", ""), "", retries(risk(3)), "PASS risk.go:9 3 in code × 1 in the mesh = 3 attempts"},
		"too many in code":     {deployment("", "", ""), "", retries(risk(4)), "FAIL risk.go:9 = 4 attempts"},
		"Istio's default":      {route(""), "", retries(risk(2)), "FAIL mesh/m.yaml:8 2 in code × 3 in the mesh by default = 6 attempts (risk.go:9)"},
		"turned off in Istio":  {route("retries: {attempts: 0}"), "", retries(risk(3)), "PASS mesh/m.yaml:8 3 in code × 1 in the mesh = 3"},
		"once in each":         {route("retries: {attempts: 1}"), "", retries(risk(2)), "FAIL mesh/m.yaml:8 = 4 attempts"},
		"only in the mesh":     {route("retries: {attempts: 2}"), "", retries(risk(1)), "PASS mesh/m.yaml:8 = 3 attempts"},
		"too many in the mesh": {route("retries: {attempts: 5}"), "", retries(), "FAIL mesh/m.yaml:8 6 attempts"},
		"of another host":      {route("retries: {attempts: 1}"), "", retries(manifests.Attempts{Host: "score", N: 3, At: verdict.Place{File: "score.go", Line: 2}}), "PASS mesh/m.yaml:8 all 2"},
		"of a host not known":  {route("retries: {attempts: 1}"), "", retries(manifests.Attempts{N: 2}), "UNKNOWN mesh/m.yaml:8 = 4 attempts"},
		"by Istio, unrouted":   {service("networking.istio.io/v1", "ServiceEntry", "", "hosts: [api.bank.io]"), "", retries(manifests.Attempts{Host: "api.bank.io", N: 2}), "FAIL mesh/m.yaml:1 2 in code × 3 in the mesh by default"},
		"by the ingress":       {ingress("", "ingressClassName: nginx"), "", retries(manifests.Attempts{Host: "shop.acme.io", N: 2}), "FAIL mesh/m.yaml:1 2 in code × 3 in the mesh by default"},
		"not by the ingress":   {ingress("nginx.ingress.kubernetes.io/proxy-next-upstream-tries: \"3\"", ""), "", retries(manifests.Attempts{Host: "orders", N: 3, At: verdict.Place{File: "orders.go", Line: 2}}), "PASS mesh/m.yaml:1 all 2"},
		"off at the ingress":   {ingress("nginx.ingress.kubernetes.io/proxy-next-upstream: \"off\"", ""), "", retries(manifests.Attempts{Host: "shop.acme.io", N: 3, At: verdict.Place{File: "shop.go", Line: 2}}), "PASS mesh/m.yaml:1 × 1 in the mesh"},
		"of Linkerd":           {strings.Replace(deployment("", "", ""), "labels: {team: pay}", "annotations: {retry.linkerd.io/http: 5xx, retry.linkerd.io/limit: \"3\"}", 1), "", retries(), "FAIL deploy/orders.yaml:14 4 attempts"},
		"within a budget":      {service("linkerd.io/v1alpha2", "ServiceProfile", "", "routes:\n- {name: a, isRetryable: true}"), "", retries(), "PASS mesh/m.yaml:7 2 attempts by default"},
		"of HTTPRoute":         {service("gateway.networking.k8s.io/v1", "HTTPRoute", "", "parentRefs: [{kind: Service, name: risk}]\nrules:\n- retry: {attempts: 3}\n  backendRefs: [{name: risk}]"), "", retries(risk(1)), "FAIL mesh/m.yaml:8 = 4 attempts"},
		"of Envoy":             {deployment("", "", "") + "-- envoy.yaml --\nstatic_resources: {}\nvirtual_hosts:\n- routes:\n  - route: {cluster: risk, retry_policy: {retry_on: 5xx, num_retries: 1}}\n", "", retries(risk(2)), "FAIL envoy.yaml:4 = 4 attempts"},
	})
}

func TestEjectionsScraped(t *testing.T) {
	ejections := (*manifests.Result).EjectionsScraped
	monitor := "-- mon.yaml --\napiVersion: monitoring.coreos.com/v1\nkind: PodMonitor\nmetadata: {name: envoy}\nspec: {podMetricsEndpoints: [{path: /stats/prometheus}]}\n"
	istio := "---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: r}\nspec: {host: a}\n"
	run(t, map[string]testCase{
		"none":                    {deployment("", "", ""), "", ejections, "FAIL - nobody fetches"},
		"in a rule":               {deployment("", "", "") + "-- rules.yml --\ngroups:\n- rules:\n  - expr: envoy_cluster_outlier_detection_ejections_active > 0\n", "", ejections, "PASS rules.yml:3 is used"},
		"in a rule of Kubernetes": {service("monitoring.coreos.com/v1", "PrometheusRule", "", "groups: [{rules: [{expr: envoy_cluster_outlier_detection_ejections_active > 0}]}]"), "", ejections, "PASS mesh/m.yaml:6 is used"},
		"in a dashboard":          {deployment("", "", "") + "-- grafana/d.json --\n{\"panels\": [{\"expr\": \"envoy_cluster_outlier_detection_ejections_active\"}]}\n", "", ejections, "PASS grafana/d.json:1 is used"},
		"of bare Envoy":           {deployment("", "", "") + monitor, "", ejections, "PASS mon.yaml:1 Envoy's metrics are fetched"},
		"hidden by Istio":         {deployment("", "", "") + monitor + istio, "", ejections, "FAIL mon.yaml:1 name outlier_detection in proxyStatsMatcher"},
		"shown by Istio":          {deployment("annotations: {sidecar.istio.io/statsInclusionPrefixes: \"cluster.outbound,outlier_detection\"}", "", "") + monitor + istio, "", ejections, "PASS mon.yaml:1 with those of replicas"},
	})
}

func TestOTelInjected(t *testing.T) {
	otel := (*manifests.Result).OTelInjected
	run(t, map[string]testCase{
		"none":                {deployment("", "", ""), "", otel, "FAIL deploy/orders.yaml:1 is not given OpenTelemetry"},
		"on the pods":         {deployment("annotations: {instrumentation.opentelemetry.io/inject-go: \"true\"}", "", ""), "", otel, "PASS deploy/orders.yaml:9 inject-go: true"},
		"turned off":          {deployment("annotations: {instrumentation.opentelemetry.io/inject-go: \"false\"}", "", ""), "", otel, "FAIL deploy/orders.yaml:9 inject-go: false"},
		"on the Deployment":   {strings.Replace(deployment("", "", ""), "  name: orders\nspec", "  name: orders\n  annotations:\n    instrumentation.opentelemetry.io/inject-go: \"true\"\nspec", 1), "", otel, "FAIL deploy/orders.yaml:6 on the Deployment, and not on its pods"},
		"on the namespace":    {deployment("", "", "") + "---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: pay\n  annotations: {instrumentation.opentelemetry.io/inject-sdk: obs/default}\n", "", otel, "PASS deploy/orders.yaml:24 inject-sdk"},
		"by the environment":  {deployment("", "", "env:\n- name: OTEL_EXPORTER_OTLP_ENDPOINT\n  value: http://otel:4317"), "", otel, "PASS deploy/orders.yaml:14 OTEL_EXPORTER_OTLP_ENDPOINT"},
		"disabled":            {deployment("", "", "env:\n- {name: OTEL_EXPORTER_OTLP_ENDPOINT, value: \"http://otel:4317\"}\n- {name: OTEL_SDK_DISABLED, value: \"true\"}"), "", otel, "FAIL deploy/orders.yaml:15 not given"},
		"exported to nowhere": {deployment("", "", "env: [{name: OTEL_TRACES_EXPORTER, value: none}]"), "", otel, "FAIL deploy/orders.yaml:1 not given"},
	})
}

func TestMetricsScraped(t *testing.T) {
	metrics := (*manifests.Result).MetricsScraped
	monitor := func(kind, spec string) string {
		return deployment("", "", "") + "-- mon.yaml --\napiVersion: monitoring.coreos.com/v1\nkind: " + kind + "\nmetadata: {name: m, namespace: obs}\nspec:\n" + indent(2, spec)
	}
	inPay := func(s string) string {
		return strings.Replace(s, "{name: orders, labels", "{name: orders, namespace: pay, labels", 1)
	}
	run(t, map[string]testCase{
		"none":                 {deployment("", "", ""), "", metrics, "FAIL deploy/orders.yaml:1 no ServiceMonitor or PodMonitor selects it"},
		"annotated":            {deployment("annotations: {prometheus.io/scrape: \"true\"}", "", ""), "", metrics, "PASS deploy/orders.yaml:9 prometheus.io/scrape"},
		"annotated elsewhere":  {strings.Replace(deployment("", "", ""), "  name: orders\nspec", "  name: orders\n  annotations: {prometheus.io/scrape: \"true\"}\nspec", 1), "", metrics, "FAIL deploy/orders.yaml:5 and not on its pods"},
		"a service annotated":  {strings.Replace(deployment("", "", ""), "labels: {team: pay}", "annotations: {prometheus.io/scrape: \"true\"}", 1), "", metrics, "PASS deploy/orders.yaml:16 Service orders"},
		"PodMonitor":           {monitor("PodMonitor", "selector: {matchLabels: {app: orders}}"), "", metrics, "PASS mon.yaml:1 PodMonitor m"},
		"for all pods":         {monitor("PodMonitor", "selector: {}"), "", metrics, "PASS mon.yaml:1 PodMonitor m"},
		"for others":           {monitor("PodMonitor", "selector: {matchLabels: {app: risk}}"), "", metrics, "FAIL deploy/orders.yaml:1 the only"},
		"by expressions":       {monitor("PodMonitor", "selector: {matchExpressions: [{key: app, operator: In, values: [risk, orders]}, {key: canary, operator: DoesNotExist}, {key: app, operator: NotIn, values: [x]}, {key: app, operator: Exists}]}"), "", metrics, "PASS mon.yaml:1 PodMonitor m"},
		"not by expressions":   {monitor("PodMonitor", "selector: {matchExpressions: [{key: app, operator: NotIn, values: [orders]}]}"), "", metrics, "FAIL deploy/orders.yaml:1 the only"},
		"ServiceMonitor":       {monitor("ServiceMonitor", "selector: {matchLabels: {team: pay}}"), "", metrics, "PASS mon.yaml:1 ServiceMonitor m"},
		"of pods' labels":      {monitor("ServiceMonitor", "selector: {matchLabels: {app: orders}}"), "", metrics, "FAIL deploy/orders.yaml:1 the only"},
		"in another namespace": {inPay(monitor("ServiceMonitor", "selector: {matchLabels: {team: pay}}")), "", metrics, "FAIL deploy/orders.yaml:1 the only"},
		"in all namespaces":    {inPay(monitor("ServiceMonitor", "namespaceSelector: {any: true}\nselector: {matchLabels: {team: pay}}")), "", metrics, "PASS mon.yaml:1 ServiceMonitor m"},
		"in a named one":       {inPay(monitor("ServiceMonitor", "namespaceSelector: {matchNames: [pay]}\nselector: {matchLabels: {team: pay}}")), "", metrics, "PASS mon.yaml:1 ServiceMonitor m"},
		"by a configuration":   {deployment("", "", "") + "-- prometheus.yml --\nscrape_configs:\n- static_configs:\n  - targets: [\"orders:8080\"]\n", "", metrics, "PASS prometheus.yml:3 scrapes orders:8080"},
		"sent":                 {deployment("", "", "env: [{name: OTEL_METRICS_EXPORTER, value: otlp}]"), "", metrics, "PASS deploy/orders.yaml:13 OTEL_METRICS_EXPORTER"},
	})
}

func TestAdmissionPolicy(t *testing.T) {
	timeouts, resources := admits(manifests.AboutTimeouts), admits(manifests.AboutResources)
	kyverno := func(action, rule string) string {
		return service("kyverno.io/v1", "ClusterPolicy", "", action+"\nrules:\n- name: r\n"+indent(2, rule))
	}
	const routes = "match: {any: [{resources: {kinds: [networking.istio.io/v1/VirtualService]}}]}\n"
	const needsTimeout = routes + "validate: {pattern: {spec: {http: [{timeout: \"?*\"}]}}}"
	const needsLimits = "validate: {pattern: {spec: {containers: [{resources: {limits: {cpu: \"?*\"}}}]}}}"
	admission := func(expression, actions string) string {
		s := service("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", "", "matchConstraints: {resourceRules: [{resources: [virtualservices, deployments]}]}\nvalidations:\n- expression: \""+expression+"\"")
		if actions != "" {
			s += "---\napiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicyBinding\nmetadata: {name: b}\nspec: {policyName: m, validationActions: [" + actions + "]}\n"
		}
		return s
	}
	const hasTimeout = "object.spec.http.all(h, has(h.timeout))"
	limitsOf := func(parameters string) string {
		return service("constraints.gatekeeper.sh/v1beta1", "K8sContainerLimits", "", parameters)
	}
	const template = "---\napiVersion: templates.gatekeeper.sh/v1\nkind: ConstraintTemplate\nmetadata: {name: routerules}\nspec:\n  crd: {spec: {names: {kind: RouteRules}}}\n  targets: [{rego: \"not input.review.object.spec.http[_].timeout\"}]\n"
	run(t, map[string]testCase{
		"of what nobody knows":     {deployment("", "", ""), "", admits("tea"), "UNKNOWN - nothing is known of policies about tea"},
		"none":                     {deployment("", "", ""), "", timeouts, "FAIL - no admission policy sees to timeouts"},
		"of Kyverno":               {kyverno("validationFailureAction: Enforce", needsTimeout), "", timeouts, "PASS mesh/m.yaml:1 ClusterPolicy m"},
		"that audits":              {kyverno("validationFailureAction: Audit", needsTimeout), "", timeouts, "FAIL mesh/m.yaml:1 it only audits"},
		"that audits by default":   {kyverno("background: true", needsTimeout), "", timeouts, "FAIL mesh/m.yaml:1 it only audits"},
		"by its rule":              {kyverno("background: true", routes+"validate: {failureAction: Enforce, pattern: {spec: {http: [{timeout: \"?*\"}]}}}"), "", timeouts, "PASS mesh/m.yaml:1 ClusterPolicy m"},
		"that completes":           {kyverno("background: true", routes+"mutate: {patchStrategicMerge: {spec: {http: [{+(timeout): 15s}]}}}"), "", timeouts, "PASS mesh/m.yaml:1 ClusterPolicy m"},
		"if there is one":          {kyverno("validationFailureAction: Enforce", routes+"validate: {pattern: {spec: {http: [{=(timeout): \"<10s\"}]}}}"), "", timeouts, "FAIL - no admission policy"},
		"about timeouts of DNS":    {kyverno("background: true", "match: {any: [{resources: {kinds: [Pod]}}]}\nmutate: {patchStrategicMerge: {spec: {dnsConfig: {options: [{name: timeout, timeout: 2}]}}}}"), "", timeouts, "FAIL - no admission policy"},
		"about another thing":      {kyverno("validationFailureAction: Enforce", needsLimits), "", timeouts, "FAIL - no admission policy"},
		"about limits":             {kyverno("validationFailureAction: Enforce", needsLimits), "", resources, "PASS mesh/m.yaml:1 ClusterPolicy m"},
		"about memory":             {kyverno("validationFailureAction: Enforce", "validate: {pattern: {spec: {containers: [{resources: {requests: {cpu: 1}, limits: {memory: \"?*\"}}}]}}}"), "", resources, "FAIL - no admission policy"},
		"against limits":           {kyverno("validationFailureAction: Enforce", "validate: {pattern: {spec: {containers: [{resources: {limits: {X(cpu): \"null\"}}}]}}}"), "", resources, "FAIL - no admission policy"},
		"by what it denies":        {kyverno("validationFailureAction: Enforce", "validate: {deny: {conditions: [{key: \"{{ limits.cpu }}\"}]}}"), "", resources, "UNKNOWN mesh/m.yaml:1 asks for limits or forbids them"},
		"that makes a LimitRange":  {kyverno("background: true", "generate: {kind: LimitRange, data: {spec: {limits: [{default: {cpu: 1}}]}}}"), "", resources, "PASS mesh/m.yaml:1 ClusterPolicy m"},
		"a constraint":             {limitsOf("parameters: {cpu: \"2\"}"), "", resources, "PASS mesh/m.yaml:1 K8sContainerLimits m"},
		"a constraint on memory":   {limitsOf("parameters: {cpu: \"-1\", memory: 1Gi}"), "", resources, "FAIL - no admission policy"},
		"a dry run":                {limitsOf("enforcementAction: dryrun\nparameters: {cpu: 2}"), "", resources, "FAIL mesh/m.yaml:1 enforcementAction is dryrun"},
		"required":                 {service("constraints.gatekeeper.sh/v1beta1", "K8sRequiredResources", "", "parameters: {limits: [memory, cpu]}"), "", resources, "PASS mesh/m.yaml:1 K8sRequiredResources m"},
		"by its template":          {service("constraints.gatekeeper.sh/v1beta1", "RouteRules", "", "match: {kinds: [{kinds: [VirtualService]}]}") + template, "", timeouts, "PASS mesh/m.yaml:1 RouteRules m"},
		"of another's kind":        {service("constraints.gatekeeper.sh/v1beta1", "RouteRules", "", "match: {kinds: [{kinds: [Pod]}]}") + template, "", timeouts, "FAIL - no admission policy"},
		"of Kubernetes":            {admission(hasTimeout, "Deny"), "", timeouts, "PASS mesh/m.yaml:1 ValidatingAdmissionPolicy m"},
		"that warns":               {admission(hasTimeout, "Warn"), "", timeouts, "FAIL mesh/m.yaml:1 have no Deny"},
		"bound to nothing":         {admission(hasTimeout, ""), "", timeouts, "FAIL mesh/m.yaml:1 nothing binds it"},
		"a negation":               {admission("!has(object.spec.limits.cpu)", "Deny"), "", resources, "UNKNOWN mesh/m.yaml:1 cannot be told"},
		"of Kyverno's new kind":    {service("policies.kyverno.io/v1alpha1", "ValidatingPolicy", "", "validationActions: [Deny]\nmatchConstraints: {resourceRules: [{resources: [httproutes]}]}\nvalidations: [{expression: \"has(object.spec.timeout)\"}]"), "", timeouts, "PASS mesh/m.yaml:1 ValidatingPolicy m"},
		"that audits, of the kind": {service("policies.kyverno.io/v1alpha1", "ValidatingPolicy", "", "validationActions: [Audit]\nmatchConstraints: {resourceRules: [{resources: [httproutes]}]}\nvalidations: [{expression: \"has(object.spec.timeout)\"}]"), "", timeouts, "FAIL mesh/m.yaml:1 have no Deny"},
		"a LimitRange":             {deployment("", "", "") + "-- l.yaml --\napiVersion: v1\nkind: LimitRange\nmetadata: {name: l}\nspec: {limits: [{type: Container, max: {cpu: 1}}]}\n", "", resources, "PASS l.yaml:1 LimitRange l"},
	})
}

func TestCanary(t *testing.T) {
	canary := (*manifests.Result).Canary
	rollout := func(strategy string) string {
		return strings.Replace(strings.Replace(deployment("", "", ""), "apiVersion: apps/v1\nkind: Deployment", "apiVersion: argoproj.io/v1alpha1\nkind: Rollout", 1),
			"spec:\n  template:", "spec:\n  strategy:\n"+indent(4, strategy)+"  template:", 1)
	}
	analysis := "---\napiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\nmetadata: {name: slow}\nspec:\n  metrics:\n  - name: p99\n    %s\n    provider: {prometheus: {query: \"histogram_quantile(%s, sum(rate(x_bucket[1m])) by (le))\"}}\n"
	const steps = "canary:\n  steps:\n  - setWeight: 10\n  - analysis: {templates: [{templateName: slow}]}"
	flagger := func(analysis string) string {
		return service("flagger.app/v1beta1", "Canary", "", "analysis:\n"+indent(2, analysis))
	}
	run(t, map[string]testCase{
		"none":                {deployment("", "", ""), "", canary, "FAIL - all requests at once"},
		"of Argo":             {rollout(steps) + fmt.Sprintf(analysis, "successCondition: result[0] < 0.2", "0.99"), "", canary, "PASS deploy/orders.yaml:30 judged by P99"},
		"in the background":   {rollout("canary:\n  analysis: {templates: [{templateName: slow}]}\n  steps: [{setWeight: 10}]") + fmt.Sprintf(analysis, "failureCondition: result[0] > 0.2", "0.99"), "", canary, "PASS deploy/orders.yaml:29 judged by P99"},
		"without a condition": {rollout(steps) + fmt.Sprintf(analysis, "interval: 1m", "0.99"), "", canary, "FAIL deploy/orders.yaml:8 does not look at P99"},
		"by the median":       {rollout(steps) + strings.Replace(fmt.Sprintf(analysis, "successCondition: a", "0.5"), "name: p99", "name: p50", 1), "", canary, "FAIL deploy/orders.yaml:8 does not look at P99"},
		"no such analysis":    {rollout(steps), "", canary, "FAIL deploy/orders.yaml:8 slow is not in the manifests"},
		"no analysis":         {rollout("canary: {steps: [{setWeight: 10}]}"), "", canary, "FAIL deploy/orders.yaml:7 no analysis judges it"},
		"no steps":            {rollout("canary: {maxSurge: 1}"), "", canary, "FAIL deploy/orders.yaml:7 no steps by setWeight"},
		"blue and green":      {rollout("blueGreen: {activeService: a}"), "", canary, "FAIL deploy/orders.yaml:1 its strategy is not canary"},
		"of Flagger":          {flagger("stepWeight: 5\nmetrics: [{name: request-duration, thresholdRange: {max: 500}}]"), "", canary, "PASS mesh/m.yaml:8 judged by P99: request-duration"},
		"of Flagger, by rate": {flagger("stepWeight: 5\nmetrics: [{name: request-success-rate, thresholdRange: {min: 99}}]"), "", canary, "FAIL mesh/m.yaml:7 no metric of its analysis is P99"},
		"of Flagger, at once": {flagger("interval: 1m"), "", canary, "FAIL mesh/m.yaml:7 it has no steps"},
		"by a template":       {flagger("stepWeights: [5, 50]\nmetrics: [{name: slow, templateRef: {name: slow}, thresholdRange: {max: 0.5}}]") + "---\napiVersion: flagger.app/v1beta1\nkind: MetricTemplate\nmetadata: {name: slow}\nspec: {query: \"histogram_quantile(0.99, x)\"}\n", "", canary, "PASS mesh/m.yaml:8 judged by P99: slow"},
	})
}

func TestImagesPinned(t *testing.T) {
	images := (*manifests.Result).ImagesPinned
	image := func(name string) string {
		return strings.Replace(deployment("", "", ""), "ghcr.io/acme/orders:v1.2.3", name, 1)
	}
	const kustomized = "-- deploy/kustomization.yaml --\nresources: [orders.yaml]\nimages:\n- name: ghcr.io/acme/orders\n  newTag: %s\n"
	run(t, map[string]testCase{
		"a version":          {deployment("", "", ""), "", images, "PASS deploy/orders.yaml:11 orders:v1.2.3"},
		"a digest":           {image("localhost:5000/acme/orders@sha256:00"), "", images, "PASS deploy/orders.yaml:11 @sha256"},
		"none":               {image("localhost:5000/acme/orders"), "", images, "FAIL deploy/orders.yaml:11 neither a digest nor"},
		"latest":             {image("orders:latest"), "", images, "FAIL deploy/orders.yaml:11 orders:latest"},
		"a branch":           {image("orders:main"), "", images, "FAIL deploy/orders.yaml:11 orders:main"},
		"of ko":              {image("ko://github.com/acme/orders/cmd/orders"), "", images, "PASS deploy/orders.yaml:11 ko://"},
		"of Skaffold":        {image("orders") + "-- skaffold.yaml --\napiVersion: skaffold/v4beta1\nkind: Config\n", "", images, "UNKNOWN deploy/orders.yaml:11 put in later"},
		"of Kustomize":       {image("ghcr.io/acme/orders") + fmt.Sprintf(kustomized, "v2"), "", images, "PASS deploy/orders.yaml:11 the only"},
		"moved by Kustomize": {deployment("", "", "") + fmt.Sprintf(kustomized, "latest"), "", images, "FAIL deploy/orders.yaml:11 the only"},
		"of a variable":      {module + "-- compose.prod.yml --\nservices: {orders: {image: \"acme/orders:${TAG:-latest}\"}}\n", "", images, "UNKNOWN compose.prod.yml:1 put in later"},
		"built":              {module + "-- compose.prod.yml --\nservices: {orders: {build: .}}\n", "", images, "NOT_APPLICABLE - no manifest names an image"},
		"of another":         {deployment("initContainers: []", "", "") + "-- deploy/db.yaml --\napiVersion: v1\nkind: Pod\nmetadata: {name: db}\nspec: {containers: [{name: db, image: redis}]}\n", "", images, "FAIL deploy/db.yaml:4 1 of 2"},
	})
}

func TestKustomize(t *testing.T) {
	limited := deployment("", "", "resources: {limits: {cpu: 2}}")
	base := strings.Replace(limited, "-- deploy/orders.yaml --", "-- base/kustomization.yaml --\nresources: [orders.yaml]\n-- base/orders.yaml --", 1)
	overlay := func(text string) string {
		return base + "-- overlays/prod/kustomization.yaml --\nresources:\n- ../../base\n" + text
	}
	const patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: orders}\nspec: {template: {spec: {containers: [{name: orders, resources: {limits: {cpu: 4}}}]}}}\n"
	check := limits("1.26")
	run(t, map[string]testCase{
		"a base":                   {base, "", check, "PASS base/orders.yaml:13 the only"},
		"without patches":          {overlay("namespace: prod\nnamePrefix: p-\n"), "", check, "PASS base/orders.yaml:13 the only"},
		"a patch in a file":        {overlay("patches:\n- path: cpu.yaml\n-- overlays/prod/cpu.yaml --\n" + patch), "", check, "UNKNOWN overlays/prod/kustomization.yaml:4 kustomize build overlays/prod > rendered.yaml"},
		"an older patch":           {overlay("patchesStrategicMerge:\n- cpu.yaml\n-- overlays/prod/cpu.yaml --\n" + patch), "", check, "UNKNOWN overlays/prod/kustomization.yaml:4 an overlay patches it"},
		"a patch in place":         {overlay("patches:\n- patch: |\n" + indent(4, patch)), "", check, "UNKNOWN overlays/prod/kustomization.yaml:4 an overlay patches it"},
		"by its target":            {overlay("patches:\n- target: {kind: Deploy.*}\n  patch: '[{op: remove, path: /x}]'\n"), "", check, "UNKNOWN overlays/prod/kustomization.yaml:4 an overlay patches it"},
		"another's target":         {overlay("patches:\n- target: {kind: Deployment, name: risk}\n  path: x.yaml\n-- overlays/prod/x.yaml --\n[]\n"), "", check, "PASS base/orders.yaml:13 the only"},
		"another's patch":          {overlay("patches:\n- path: cpu.yaml\n-- overlays/prod/cpu.yaml --\n" + strings.Replace(patch, "Deployment", "StatefulSet", 1)), "", check, "PASS base/orders.yaml:13 the only"},
		"a patch that is gone":     {overlay("patches:\n- path: cpu.yaml\n"), "", check, "UNKNOWN overlays/prod/kustomization.yaml:4 an overlay patches it"},
		"of a component":           {overlay("components: [../../fast]\n-- fast/kustomization.yaml --\nkind: Component\npatches:\n- path: cpu.yaml\n-- fast/cpu.yaml --\n" + patch), "", check, "UNKNOWN fast/kustomization.yaml:3 an overlay patches it"},
		"from elsewhere":           {overlay("- https://github.com/acme/mesh?ref=v1\n"), "", check, "UNKNOWN overlays/prod/kustomization.yaml:3 is not in the repository"},
		"out of the repository":    {overlay("- ../../../x\n"), "", check, "UNKNOWN overlays/prod/kustomization.yaml:3 is not in the repository"},
		"with a chart":             {overlay("helmCharts: [{name: x}]\n"), "", check, "UNKNOWN overlays/prod/kustomization.yaml:3 helmCharts are not followed"},
		"a transformer":            {overlay("transformers: [t.yaml]\n"), "", (*manifests.Result).Probes, "UNKNOWN overlays/prod/kustomization.yaml:3 transformers are not followed"},
		"annotated":                {overlay("commonAnnotations: {prometheus.io/scrape: \"true\"}\n"), "", (*manifests.Result).MetricsScraped, "UNKNOWN overlays/prod/kustomization.yaml:3 an overlay annotates it"},
		"annotated otherwise":      {overlay("commonAnnotations: {owner: pay}\n"), "", check, "PASS base/orders.yaml:13 the only"},
		"an older patch, in place": {overlay("patchesStrategicMerge:\n- |\n" + indent(2, patch)), "", check, "UNKNOWN overlays/prod/kustomization.yaml:4 an overlay patches it"},
		"an older patch of JSON":   {overlay("patchesJson6902:\n- target: {kind: Deployment, name: orders}\n  path: x.yaml\n"), "", check, "UNKNOWN overlays/prod/kustomization.yaml:4 an overlay patches it"},
		"of itself":                {overlay("- .\n"), "", check, "PASS base/orders.yaml:13 the only"},
		"of an example":            {base + "-- examples/kustomization.yaml --\nresources: [../base]\npatches:\n- path: cpu.yaml\n-- examples/cpu.yaml --\n" + patch, "", check, "PASS base/orders.yaml:13 the only"},
		"rendered": {overlay("patches:\n- path: cpu.yaml\n-- overlays/prod/cpu.yaml --\n" + patch),
			"-- rendered.yaml --\n" + strings.SplitN(deployment("", "", "resources: {limits: {cpu: 4}}"), "--\n", 3)[2], check, "PASS rendered.yaml:13 a CPU limit of 4"},
		"rendered, worse": {overlay(""), "-- rendered.yaml --\n" + strings.SplitN(deployment("", "", ""), "--\n", 3)[2], check, "FAIL rendered.yaml:11 the only"},
		"broken":          {base + "-- overlays/prod/kustomization.yaml --\nresources: [\n", "", check, "UNKNOWN overlays/prod/kustomization.yaml:1 not all manifests can be"},
	})
}

// The same files give the same results in the same order.
func TestDeterministic(t *testing.T) {
	archive := ingress("", "ingressClassName: nginx") + "-- a.yaml --\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: e}\ndata: {b.yaml: \"virtual_hosts: []\", a.yaml: \"virtual_hosts: []\"}\n-- z.service --\n[Service]\nExecStart=/bin/orders\n"
	tr := treetest.Open(t, archive)
	first := manifests.Collect(tr)
	if len(first.Routes()) != 1 {
		t.Errorf("routes are %v", first.Routes())
	}
	for range 5 {
		again := manifests.Collect(tr)
		for name, c := range all() {
			if want, got := fmt.Sprint(c(first)), fmt.Sprint(c(again)); got != want {
				t.Errorf("%s: %s\nand then %s", name, want, got)
			}
		}
	}
}
