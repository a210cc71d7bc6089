// Package hosts compares the names by which programs and manifests speak of the same
// service.
package hosts

import (
	"net"
	"strings"
)

// Name is a host without scheme, user, port and path, in lower case.
func Name(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if _, rest, ok := strings.Cut(s, "://"); ok {
		s = rest
	}
	s, _, _ = strings.Cut(s, "/")
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		s = s[i+1:]
	}
	if h, _, err := net.SplitHostPort(s); err == nil {
		s = h
	}
	return strings.TrimSuffix(s, ".")
}

// service splits the name of a service of a cluster, as Kubernetes' DNS has it: name,
// name.namespace, name.namespace.svc and that with the cluster's domain behind it.
// Whether name.namespace is one cannot be told from it: sure is false.
func service(s string) (name, namespace string, sure, ok bool) {
	labels := strings.Split(s, ".")
	switch {
	case len(labels) == 1:
		return labels[0], "", true, labels[0] != "" && labels[0] != "*"
	case len(labels) == 2:
		return labels[0], labels[1], false, true
	case labels[2] == "svc":
		return labels[0], labels[1], true, true
	}
	return "", "", false, false
}

// Same reports whether two names stand for the same host. A name without a namespace is
// that service in any. Either may be a pattern: "*" for all, "*.acme.io" for all below.
func Same(a, b string) bool {
	a, b = Name(a), Name(b)
	if a == "" || b == "" {
		return false
	}
	if a == b || matches(a, b) || matches(b, a) {
		return true
	}
	name, namespace, sure, ok := service(a)
	other, elsewhere, known, fine := service(b)
	if !ok || !fine || name != other || !sure && !known {
		return false
	}
	return namespace == "" || elsewhere == "" || namespace == elsewhere
}

func matches(pattern, host string) bool {
	if pattern == "*" {
		return true
	}
	below, ok := strings.CutPrefix(pattern, "*.")
	return ok && strings.HasSuffix(full(host), "."+below)
}

// full completes the name of a service by the domain that clusters have by default, for
// patterns such as *.local.
func full(host string) string {
	if name, namespace, sure, ok := service(host); ok && sure {
		if namespace == "" {
			namespace = "default"
		}
		return name + "." + namespace + ".svc.cluster.local"
	}
	return host
}
