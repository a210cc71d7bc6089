// Package fix applies the fixes that findings suggest.
//
// [New] makes a plan in memory: the first fix of each finding, unless it meets
// another, leaves the modules that the user is at work on, touches a generated
// file, or a file that has changed since it was analysed. [Plan.Diff] shows the
// plan, [Plan.Write] carries it out.
package fix
