// Package maturity says at which of five levels a repository of a Go service stands
// against each class of incident, why, and what the next level takes.
//
// The [Model] is data (model.yml): a track for each class of incident, five levels in
// each, and controls that a machine checks. A track stands at the highest level at
// which, and below which, every required control passes; the repository stands where
// the lowest of its tracks does. There are no averages: a release is refused or it is
// not.
//
// A control passes as configured, where what it asks for is declared, or as proven,
// where it was run and did what it is there for. What could not be looked at is
// unknown, which is neither a pass nor a failure.
//
// [Audit] reads a repository and executes nothing of it.
package maturity
