package deadlineorder_test

import (
	"testing"

	"github.com/lagvet/lagvet/analyzers/deadlineorder"
	"github.com/lagvet/lagvet/analyzers/internal/ruletest"
)

func Test(t *testing.T) { ruletest.Run(t, deadlineorder.Rule) }
