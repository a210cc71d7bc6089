package respbody_test

import (
	"testing"

	"github.com/lagvet/lagvet/analyzers/internal/ruletest"
	"github.com/lagvet/lagvet/analyzers/respbody"
)

func Test(t *testing.T) { ruletest.Run(t, respbody.Rule) }
