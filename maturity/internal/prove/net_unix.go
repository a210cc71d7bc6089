//go:build unix && !linux

package prove

import "syscall"

func (isolation) apply(*syscall.SysProcAttr) {}
