package hardexit_test

import (
	"testing"

	"github.com/lagvet/lagvet/analyzers/hardexit"
	"github.com/lagvet/lagvet/analyzers/internal/ruletest"
)

func Test(t *testing.T) { ruletest.Run(t, hardexit.Rule) }
