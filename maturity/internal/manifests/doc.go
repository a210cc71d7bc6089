// Package manifests reads how a repository is deployed: what runs, with which limits,
// and what the mesh and the ingress do with requests before the code sees them.
//
// [Collect] reads the manifests of Kubernetes, Istio, Linkerd, the Gateway API, Envoy,
// ingress controllers, Prometheus operators, Argo Rollouts, Flagger and admission
// controllers, and those of compose and systemd. It renders nothing. Plain files are
// read as they are, and so are the bases of Kustomize; what an overlay patches, and what
// a Helm chart makes, is unknown until the output of `kustomize build` or `helm
// template` is given beside the repository. That output then takes the place of charts
// and of all files that a kustomization names.
//
// What stands in directories of tests and examples is not deployed, and not judged; nor
// are containers of images that other people build, such as redis.
//
// The methods of [Result] are the checks. All of them are not applicable where nothing
// is deployed, and unknown where only templates are there.
package manifests
