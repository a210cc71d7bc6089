package telemetry

import (
	"strings"
	"testing"
)

func TestMetricsOf(t *testing.T) {
	for expr, want := range map[string]string{
		`up`: "up",
		`rate(http_requests_total{job="a", code=~"5.."}[5m])`:                                  "http_requests_total",
		`sum by (le, job) (rate(a_bucket[$__rate_interval])) / on(job) group_left(x) b_total`:  "a_bucket b_total",
		`sum(a) without (instance) > 5 and b unless c or vector(0)`:                            "a b c",
		`histogram_quantile(0.99, sum(rate(a_seconds_bucket{x="{y}"}[1h] offset 5m)) by (le))`: "a_seconds_bucket",
		`{__name__="a_total", x="y"} + {__name__=~"b.*"}`:                                      "a_total",
		`label_replace(a, "dst", "$1", "src", "b_total")`:                                      "a",
		`a{x='it\'s'} * 1e3 + 0x1F - Inf + NaN`:                                                "a",
		`job:requests:rate5m`:                                                                  "job:requests:rate5m",
		`${ns}_requests_total + [[ns]]_errors_total + $metric`:                                 "",
		`sum(rate({app="x"} |= "error" | json [5m]))`:                                          "",
		"a # b\n+ c":                                "a c",
		`count_values("version", build_info)`:       "build_info",
		`quantile_over_time(0.9, a[5m:1m]) @ end()`: "a",
		`a == bool 1`:                               "a",
		`topk(5, a) by`:                             "a",
		`a{`:                                        "a",
		`"`:                                         "",
		`sum(increase(a{path="/x", verb!="GET"}[5m])) by (path) / ignoring (code) group_right sum(increase(b[5m]))`: "a b",
	} {
		if got := strings.Join(metricsOf(expr), " "); got != want {
			t.Errorf("%s refers to %q, want %q", expr, got, want)
		}
	}
}

func FuzzMetricsOf(f *testing.F) {
	f.Add(`sum by (a) (rate(b{c="d",__name__="e"}[5m])) > on(f) group_left g`)
	f.Add("{\"'`[($x ${y} [[z]] |")
	f.Fuzz(func(t *testing.T, expr string) {
		for _, m := range metricsOf(expr) {
			if m == "" || strings.ContainsAny(m, "{}[]()\" \n\x00") {
				t.Errorf("%q is no name of a metric, in %q", m, expr)
			}
		}
	})
}
