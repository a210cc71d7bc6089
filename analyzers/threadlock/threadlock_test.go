package threadlock_test

import (
	"testing"

	"github.com/lagvet/lagvet/analyzers/internal/ruletest"
	"github.com/lagvet/lagvet/analyzers/threadlock"
)

func Test(t *testing.T) { ruletest.Run(t, threadlock.Rule) }
