package grpctarget

import (
	"context"
	"errors"
	"fmt"
	"io"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	reflection "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

// The methods of server reflection. Their messages are alike on the wire.
var reflections = [...]string{
	"/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
	"/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
}

// encode returns the request of a method, which is in JSON.
func encode(ctx context.Context, c *grpc.ClientConn, service, method string, request []byte) ([]byte, error) {
	m, err := describe(ctx, c, service, method)
	if err != nil {
		return nil, err
	}
	if m.IsStreamingClient() || m.IsStreamingServer() {
		return nil, fmt.Errorf("%s/%s is a stream: only unary methods can be called", service, method)
	}
	message := dynamicpb.NewMessage(m.Input())
	if len(request) > 0 {
		if err := protojson.Unmarshal(request, message); err != nil {
			return nil, fmt.Errorf("the request is no %s in JSON: %w", m.Input().FullName(), err)
		}
	}
	data, err := proto.Marshal(message)
	if err != nil {
		return nil, fmt.Errorf("encoding the request: %w", err)
	}
	return data, nil
}

// describe asks the service for the descriptor of a method.
func describe(ctx context.Context, c *grpc.ClientConn, service, method string) (protoreflect.MethodDescriptor, error) {
	var files *descriptorpb.FileDescriptorSet
	var err error
	for _, path := range reflections {
		files, err = download(ctx, c, path, service)
		if status.Code(err) != codes.Unimplemented {
			break
		}
	}
	if status.Code(err) == codes.Unimplemented {
		return nil, errors.New("the service has no server reflection, by which its methods are known: register google.golang.org/grpc/reflection in it")
	}
	if err != nil {
		return nil, fmt.Errorf("asking the service what %s is: %w", service, err)
	}
	registry, err := protodesc.NewFiles(files)
	if err != nil {
		return nil, fmt.Errorf("reading what the service says of %s: %w", service, err)
	}
	d, err := registry.FindDescriptorByName(protoreflect.FullName(service))
	if err != nil {
		return nil, fmt.Errorf("looking for %s in what the service says: %w", service, err)
	}
	sd, ok := d.(protoreflect.ServiceDescriptor)
	if !ok {
		return nil, fmt.Errorf("%s is no service", service)
	}
	m := sd.Methods().ByName(protoreflect.Name(method))
	if m == nil {
		return nil, fmt.Errorf("%s has no method %s, but %s", service, method, names(sd.Methods()))
	}
	return m, nil
}

func names(ms protoreflect.MethodDescriptors) string {
	all := ""
	for i := range ms.Len() {
		if i > 0 {
			all += ", "
		}
		all += string(ms.Get(i).Name())
	}
	return all
}

// download returns the file that declares a symbol, and all that it imports.
func download(ctx context.Context, c *grpc.ClientConn, path, symbol string) (*descriptorpb.FileDescriptorSet, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the stream
	stream, err := c.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}, path, grpc.WaitForReady(false))
	if err != nil {
		return nil, err
	}
	d := &downloads{stream: stream, files: make(map[string]*descriptorpb.FileDescriptorProto)}
	err = d.ask(&reflection.ServerReflectionRequest{
		MessageRequest: &reflection.ServerReflectionRequest_FileContainingSymbol{FileContainingSymbol: symbol},
	})
	for err == nil {
		name := d.missing()
		if name == "" {
			break
		}
		err = d.ask(&reflection.ServerReflectionRequest{
			MessageRequest: &reflection.ServerReflectionRequest_FileByFilename{FileByFilename: name},
		})
		if err == nil && d.files[name] == nil {
			err = fmt.Errorf("the service does not tell what %s is", name)
		}
	}
	if err != nil {
		return nil, err
	}
	set := new(descriptorpb.FileDescriptorSet)
	for _, f := range d.files {
		set.File = append(set.File, f)
	}
	return set, nil
}

// downloads are the files that a service has described.
type downloads struct {
	stream grpc.ClientStream
	files  map[string]*descriptorpb.FileDescriptorProto
}

func (d *downloads) ask(request *reflection.ServerReflectionRequest) error {
	// io.EOF is a stream that the service has ended: why, receiving tells.
	if err := d.stream.SendMsg(request); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	answer := new(reflection.ServerReflectionResponse)
	if err := d.stream.RecvMsg(answer); err != nil {
		return err
	}
	if e := answer.GetErrorResponse(); e != nil {
		return fmt.Errorf("%s: %s", codes.Code(uint32(e.GetErrorCode())), e.GetErrorMessage())
	}
	for _, data := range answer.GetFileDescriptorResponse().GetFileDescriptorProto() {
		f := new(descriptorpb.FileDescriptorProto)
		if err := proto.Unmarshal(data, f); err != nil {
			return fmt.Errorf("reading a file that the service describes: %w", err)
		}
		d.files[f.GetName()] = f
	}
	return nil
}

// missing returns a file that is imported and not known, or "".
func (d *downloads) missing() string {
	for _, f := range d.files {
		for _, name := range f.GetDependency() {
			if d.files[name] == nil {
				return name
			}
		}
	}
	return ""
}
