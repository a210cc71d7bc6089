package prove

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// An isolation takes the network away from commands.
type isolation struct {
	works   bool
	ip      string // the program that brings the loopback device up
	network string
}

func (n isolation) off() bool { return n.works }

// isolate tries whether the kernel lets this user have a network namespace.
func isolate(ctx context.Context) isolation {
	n := isolation{works: true, network: "off"}
	if ip, err := exec.LookPath("ip"); err == nil {
		n.ip = ip
	} else {
		n.network = "off, and the loopback device too: there is no ip command to bring it up"
	}
	args := n.wrap([]string{"/bin/sh", "-c", ":"})
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	n.apply(cmd.SysProcAttr)
	if err := cmd.Run(); err != nil {
		return isolation{network: fmt.Sprintf("on: the kernel lets no namespace be made (%v)", err)}
	}
	return n
}

// wrap brings the loopback device up before a command: tests talk to themselves.
func (n isolation) wrap(argv []string) []string {
	if !n.works || n.ip == "" {
		return argv
	}
	return append([]string{"/bin/sh", "-c", `"$0" link set lo up && exec "$@"`, n.ip}, argv...)
}

// apply asks for the namespaces. The user stays who it is, for tests that look.
func (n isolation) apply(attr *syscall.SysProcAttr) {
	if !n.works {
		return
	}
	attr.Cloneflags = syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET
	attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}}
	attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}}
	attr.AmbientCaps = []uintptr{unix.CAP_NET_ADMIN}
}
