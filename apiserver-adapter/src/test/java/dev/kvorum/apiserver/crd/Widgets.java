package dev.kvorum.apiserver.crd;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.crd.definition.DefinitionStatus;
import dev.kvorum.apiserver.crd.definition.Definitions;
import java.time.Instant;
import java.util.List;

/** A definition with a bit of everything, and trees written with single quotes. */
public final class Widgets {
  private static final JsonMapper JSON = new JsonMapper();

  private static final String SCHEMA = """
      {'type':'object','properties':{
        'spec':{'type':'object','required':['color'],'properties':{
          'color':{'type':'string','enum':['red','green']},
          'replicas':{'type':'integer','minimum':0,'default':1},
          'port':{'x-kubernetes-int-or-string':true},
          'tags':{'type':'array','items':{'type':'string'},'x-kubernetes-list-type':'set'},
          'parts':{'type':'array','x-kubernetes-list-type':'map','x-kubernetes-list-map-keys':['id'],
            'items':{'type':'object','required':['id'],'properties':{
              'id':{'type':'string'},'size':{'type':'integer','maximum':10}}}},
          'free':{'type':'object','x-kubernetes-preserve-unknown-fields':true},
          'any':{'x-kubernetes-preserve-unknown-fields':true},
          'labels':{'type':'object','additionalProperties':{'type':'string'}},
          'pod':{'type':'object','x-kubernetes-embedded-resource':true,
            'x-kubernetes-preserve-unknown-fields':true}}},
        'status':{'type':'object','properties':{
          'replicas':{'type':'integer'},'selector':{'type':'string'},'phase':{'type':'string'}}}}}
      """;

  private Widgets() {}

  /** Reads a tree. */
  public static ObjectNode json(String text) {
    try {
      return (ObjectNode) JSON.readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  /** As a client sends it: in versions v1alpha1, v1 (stored) and v1beta1 (deprecated). */
  public static ObjectNode sent() {
    ObjectNode definition = json("""
        {'apiVersion':'apiextensions.k8s.io/v1','kind':'CustomResourceDefinition',
         'metadata':{'name':'widgets.example.com'},
         'spec':{'group':'example.com','scope':'Namespaced',
           'names':{'plural':'widgets','kind':'Widget','shortNames':['wd'],'categories':['all']},
           'versions':[
             {'name':'v1alpha1','served':false,'storage':false,
              'schema':{'openAPIV3Schema':{'type':'object','x-kubernetes-preserve-unknown-fields':true}}},
             {'name':'v1beta1','served':true,'storage':false,'deprecated':true,
              'schema':{'openAPIV3Schema':{'type':'object','properties':{
                'spec':{'type':'object','properties':{'color':{'type':'string'}}}}}}},
             {'name':'v1','served':true,'storage':true,
              'subresources':{'status':{},'scale':{'specReplicasPath':'.spec.replicas',
                'statusReplicasPath':'.status.replicas','labelSelectorPath':'.status.selector'}},
              'additionalPrinterColumns':[{'name':'Color','type':'string','jsonPath':'.spec.color'}],
              'selectableFields':[{'jsonPath':'.spec.color'},{'jsonPath':'.spec.replicas'}],
              'schema':{'openAPIV3Schema':%s}}]}}
        """.formatted(SCHEMA));
    Definitions.applyDefaults(definition);
    Definitions.prepareForCreate(definition);
    return definition;
  }

  /** As it is a moment later. */
  public static ObjectNode established() {
    return DefinitionStatus.settle(sent(), List.of(), Instant.parse("2026-01-01T00:00:00.5Z"));
  }

  static CustomResource v1() {
    return CrdDefinition.of(established()).stored().resource();
  }

  static ObjectNode widget(String spec) {
    return json(
        "{'apiVersion':'example.com/v1','kind':'Widget','metadata':{'name':'a','namespace':'n'},'spec':"
            + spec + "}");
  }
}
