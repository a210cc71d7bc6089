// Package budgets holds the time that code gives a request against the time that the
// ingress and the mesh give it.
//
// Budgets lie within each other: the client's around the ingress's, that around the
// mesh's route, that around what the handler gives itself, and that around each call
// that it makes. Who is outside must wait at least as long as who is inside, or the work
// inside is done for nobody and, where somebody tries again, done twice.
//
// What an [Endpoint] and its [Call]s are given comes from whoever reads the code, a [Route]
// from whoever reads manifests. [Hold] makes a [Table] of it with a row for each endpoint and each call: what was
// found, where, and what is wrong with it.
package budgets
