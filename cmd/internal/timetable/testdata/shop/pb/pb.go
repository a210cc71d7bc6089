// Package pb is what a generator makes.
package pb

import (
	"context"

	"google.golang.org/grpc"
)

const Risk_Check_FullMethodName = "/shop.v1.Risk/Check"

type CheckRequest struct{}

type RiskClient interface {
	Check(ctx context.Context, in *CheckRequest, opts ...grpc.CallOption) (*CheckRequest, error)
}

type riskClient struct{ cc *grpc.ClientConn }

func NewRiskClient(cc *grpc.ClientConn) RiskClient { return &riskClient{cc} }

func (c *riskClient) Check(ctx context.Context, in *CheckRequest, opts ...grpc.CallOption) (*CheckRequest, error) {
	out := new(CheckRequest)
	return out, c.cc.Invoke(ctx, Risk_Check_FullMethodName, in, out, opts...)
}

type RiskServer interface {
	Check(context.Context, *CheckRequest) (*CheckRequest, error)
	mustEmbedUnimplementedRiskServer()
}

type UnimplementedRiskServer struct{}

func (UnimplementedRiskServer) Check(context.Context, *CheckRequest) (*CheckRequest, error) {
	return nil, nil
}
func (UnimplementedRiskServer) mustEmbedUnimplementedRiskServer() {}

func RegisterRiskServer(s grpc.ServiceRegistrar, srv RiskServer) { s.RegisterService("shop.v1.Risk") }

// A service that is registered by its description.
type StockServer interface {
	Get(context.Context, *CheckRequest) (*CheckRequest, error)
}

var Stock_ServiceDesc = grpc.ServiceDesc{ServiceName: "shop.v1.Stock"}
