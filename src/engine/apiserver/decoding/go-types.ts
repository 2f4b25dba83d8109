/**
 * What the published schema does not say of the Go structures: which optional fields are pointers (a written zero stays), which are values (a zero
 * is as good as nothing), which structures are always there. upstream: staging/src/k8s.io/api, each group's types.go
 */

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Fields that need not be given, but whose tag has no omitempty. */
export const WRITTEN_EMPTY: ReadonlySet<string> = words(`
  TokenRequestStatus.token PriorityClass.value StatefulSetOrdinals.start
  PodDisruptionBudgetStatus.currentHealthy PodDisruptionBudgetStatus.desiredHealthy PodDisruptionBudgetStatus.disruptionsAllowed
  PodDisruptionBudgetStatus.expectedPods
`);

/** Structures (and quantities) held by value: written as `{}` (or 0) when nothing is in them. */
export const VALUE_STRUCTS: ReadonlySet<string> = words(`
  Pod.metadata Pod.spec Pod.status Container.resources EphemeralContainer.resources ResourceFieldSelector.divisor ContainerStatus.state ContainerStatus.lastState
  PodTemplate.metadata PodTemplate.template PodTemplateSpec.metadata PodTemplateSpec.spec
  PersistentVolumeClaimTemplate.spec PersistentVolumeClaimTemplate.metadata
  Service.metadata Service.spec Service.status ServiceStatus.loadBalancer
  Node.metadata Node.spec Node.status NodeStatus.daemonEndpoints NodeStatus.nodeInfo NodeDaemonEndpoints.kubeletEndpoint
  Namespace.metadata Namespace.spec Namespace.status
  ConfigMap.metadata Secret.metadata ServiceAccount.metadata Endpoints.metadata EndpointSlice.metadata
  ResourceQuota.metadata ResourceQuota.spec ResourceQuota.status LimitRange.metadata LimitRange.spec
  PersistentVolume.metadata PersistentVolume.spec PersistentVolume.status
  PersistentVolumeClaim.metadata PersistentVolumeClaim.spec PersistentVolumeClaim.status PersistentVolumeClaimSpec.resources
  ReplicationController.metadata ReplicationController.spec ReplicationController.status
  Event.metadata Event.involvedObject Event.source Event.regarding Event.deprecatedSource Binding.metadata Binding.target
  Endpoint.conditions
  Lease.metadata Lease.spec
  Deployment.metadata Deployment.spec Deployment.status DeploymentSpec.template DeploymentSpec.strategy
  ReplicaSet.metadata ReplicaSet.spec ReplicaSet.status ReplicaSetSpec.template
  DaemonSet.metadata DaemonSet.spec DaemonSet.status DaemonSetSpec.template DaemonSetSpec.updateStrategy
  StatefulSet.metadata StatefulSet.spec StatefulSet.status StatefulSetSpec.template StatefulSetSpec.updateStrategy
  ControllerRevision.metadata
  Job.metadata Job.spec Job.status JobSpec.template
  CronJob.metadata CronJob.spec CronJob.status CronJobSpec.jobTemplate JobTemplateSpec.metadata JobTemplateSpec.spec
  Role.metadata RoleBinding.metadata RoleBinding.roleRef ClusterRole.metadata ClusterRoleBinding.metadata ClusterRoleBinding.roleRef
  NetworkPolicy.metadata NetworkPolicy.spec NetworkPolicySpec.podSelector
  Ingress.metadata Ingress.spec Ingress.status IngressStatus.loadBalancer HTTPIngressPath.backend IngressServiceBackend.port
  IngressClass.metadata IngressClass.spec IPAddress.metadata IPAddress.spec ServiceCIDR.metadata ServiceCIDR.spec ServiceCIDR.status
  StorageClass.metadata VolumeAttachment.metadata VolumeAttachment.spec VolumeAttachment.status VolumeAttachmentSpec.source
  CSINode.metadata CSINode.spec CSIDriver.metadata CSIDriver.spec CSIStorageCapacity.metadata
  PriorityClass.metadata RuntimeClass.metadata
  PodDisruptionBudget.metadata PodDisruptionBudget.spec PodDisruptionBudget.status Eviction.metadata
  HorizontalPodAutoscaler.metadata HorizontalPodAutoscaler.spec HorizontalPodAutoscaler.status HorizontalPodAutoscalerSpec.scaleTargetRef
  Scale.metadata Scale.spec Scale.status
  CertificateSigningRequest.metadata CertificateSigningRequest.spec CertificateSigningRequest.status
  MutatingWebhookConfiguration.metadata ValidatingWebhookConfiguration.metadata MutatingWebhook.clientConfig ValidatingWebhook.clientConfig
  MutatingAdmissionPolicy.metadata MutatingAdmissionPolicy.spec MutatingAdmissionPolicyBinding.metadata MutatingAdmissionPolicyBinding.spec
  ValidatingAdmissionPolicy.metadata ValidatingAdmissionPolicy.spec ValidatingAdmissionPolicy.status
  ValidatingAdmissionPolicyBinding.metadata ValidatingAdmissionPolicyBinding.spec
  CustomResourceDefinition.metadata CustomResourceDefinition.spec CustomResourceDefinition.status
  CustomResourceDefinitionSpec.names CustomResourceDefinitionStatus.acceptedNames
  APIService.metadata APIService.spec APIService.status
  TokenReview.metadata TokenReview.spec TokenReview.status TokenRequest.metadata TokenRequest.spec TokenRequest.status
  SelfSubjectReview.metadata SelfSubjectReview.status SelfSubjectReviewStatus.userInfo
  SubjectAccessReview.metadata SubjectAccessReview.spec SubjectAccessReview.status
  SelfSubjectAccessReview.metadata SelfSubjectAccessReview.spec SelfSubjectAccessReview.status
  LocalSubjectAccessReview.metadata LocalSubjectAccessReview.spec LocalSubjectAccessReview.status
  SelfSubjectRulesReview.metadata SelfSubjectRulesReview.spec SelfSubjectRulesReview.status
`);

/** Optional times held by value: a time that nobody wrote is null. (metadata.creationTimestamp is left out since 1.34.) */
export const VALUE_TIMES: ReadonlySet<string> = words(`
  PodCondition.lastProbeTime PodCondition.lastTransitionTime NodeCondition.lastHeartbeatTime NodeCondition.lastTransitionTime
  NamespaceCondition.lastTransitionTime PersistentVolumeClaimCondition.lastProbeTime PersistentVolumeClaimCondition.lastTransitionTime
  ReplicationControllerCondition.lastTransitionTime ReplicaSetCondition.lastTransitionTime DaemonSetCondition.lastTransitionTime
  StatefulSetCondition.lastTransitionTime DeploymentCondition.lastUpdateTime DeploymentCondition.lastTransitionTime
  JobCondition.lastProbeTime JobCondition.lastTransitionTime HorizontalPodAutoscalerCondition.lastTransitionTime
  CertificateSigningRequestCondition.lastUpdateTime CertificateSigningRequestCondition.lastTransitionTime
  CustomResourceDefinitionCondition.lastTransitionTime APIServiceCondition.lastTransitionTime
  ContainerStateRunning.startedAt ContainerStateTerminated.startedAt ContainerStateTerminated.finishedAt
  Event.firstTimestamp Event.lastTimestamp Event.eventTime Event.deprecatedFirstTimestamp Event.deprecatedLastTimestamp VolumeError.time
`);

/** Optional strings that are pointers: '' says something else than nothing. */
const POINTER_STRINGS = words(`
  storageClassName volumeMode volumeAttributesClassName ingressClassName runtimeClassName hostnameOverride preemptionPolicy loadBalancerClass
  trafficDistribution ipFamilyPolicy internalTrafficPolicy appProtocol apiGroup localhostProfile mountPropagation recursiveReadOnly
  holderIdentity strategy preferredHolder completionMode podReplacementPolicy managedBy timeZone procMount fsGroupChangePolicy supplementalGroupsPolicy
  seLinuxChangePolicy gmsaCredentialSpec gmsaCredentialSpecName runAsUserName resourceClaimName resourceClaimTemplateName whenUnsatisfiable
  nodeAffinityPolicy nodeTaintsPolicy signerName reclaimPolicy volumeBindingMode scope failurePolicy matchPolicy sideEffects reinvocationPolicy
  nodeInclusionPolicy unhealthyPodEvictionPolicy selectPolicy pathType restartPolicy fsGroupPolicy podInfoOnMount cloudProvider handler
  currentVolumeAttributesClassName path url openAPIV3Schema
`);
/** The same, where the bare name would say too much. */
const POINTER_STRINGS_OF = words(`
  GRPCAction.service HostPathVolumeSource.type EndpointPort.name EndpointPort.protocol EndpointPort.appProtocol Endpoint.hostname Endpoint.nodeName
  Endpoint.zone EndpointAddress.nodeName PodDNSConfigOption.value NetworkPolicyPort.protocol IngressClassParametersReference.namespace
  AzureDiskVolumeSource.cachingMode AzureDiskVolumeSource.fsType AzureDiskVolumeSource.kind
  CSIVolumeSource.fsType LocalVolumeSource.fsType GlusterfsPersistentVolumeSource.endpointsNamespace CSINodeDriver.nodeID TypedObjectReference.namespace TypedObjectReference.apiGroup
  PersistentVolumeClaimStatus.currentVolumeAttributesClassName AzureFilePersistentVolumeSource.secretNamespace ISCSIVolumeSource.initiatorName
  ISCSIPersistentVolumeSource.initiatorName ContainerStatus.stopSignal Lifecycle.stopSignal DeleteOptions.propagationPolicy Preconditions.uid
  Preconditions.resourceVersion VolumeAttachmentSource.persistentVolumeName WebhookClientConfig.url ServiceReference.path
  CustomResourceDefinitionVersion.deprecationWarning CustomResourceSubresourceScale.labelSelectorPath ParamRef.parameterNotFoundAction Validation.reason
  PodFailurePolicyOnExitCodesRequirement.containerName SuccessPolicyRule.succeededIndexes JobStatus.failedIndexes LoadBalancerIngress.ipMode
  PortStatus.error IngressPortStatus.error ClusterTrustBundleProjection.name JSONSchemaProps.$ref JSONSchemaProps.x-kubernetes-list-type
  JSONSchemaProps.x-kubernetes-map-type ValidationRule.reason
`);
/** Among the names above, in these structures they are plain values. */
const PLAIN_STRINGS_OF = words(`
  PodSpec.restartPolicy PodSpec.strategy HTTPGetAction.path HostPathVolumeSource.path KeyToPath.path NFSVolumeSource.path DownwardAPIVolumeFile.path
  CephFSVolumeSource.path CephFSPersistentVolumeSource.path LocalVolumeSource.path ServiceAccountTokenProjection.path HTTPIngressPath.path
  ClusterTrustBundleProjection.path RuntimeClass.handler PersistentVolumeSpec.storageClassName VolumeNodeAffinity.scope
  NodeRuntimeHandler.name CertificateSigningRequestSpec.signerName TopologySpreadConstraint.whenUnsatisfiable PodCertificateProjection.signerName
  RoleRef.apiGroup Subject.apiGroup CustomResourceDefinitionSpec.scope NonResourceAttributes.path
`);

/** Optional numbers and booleans held by value: 0 and false are as good as nothing. */
const VALUE_SCALARS = words(`
  hostNetwork hostPID hostIPC stdin stdinOnce tty readOnly unschedulable publishNotReadyAddresses paused globalDefault hostPort nodePort
  healthCheckNodePort initialDelaySeconds timeoutSeconds periodSeconds successThreshold failureThreshold minReadySeconds observedGeneration generation
  count weight currentNumberScheduled updatedNumberScheduled numberAvailable numberUnavailable availableReplicas readyReplicas
  updatedReplicas unavailableReplicas fullyLabeledReplicas currentReplicas active succeeded failed partition chapAuthDiscovery chapAuthSession sslEnabled denied
  incomplete authenticated insecureSkipTLSVerify groupPriorityMinimum versionPriority restartCount sizeBytes signal preserveUnknownFields
`);
/** The same, where the bare name would say too much. */
const VALUE_SCALARS_OF = words(`
  DeploymentStatus.replicas ServiceBackendPort.number CustomResourceColumnDefinition.priority CustomResourceDefinitionVersion.deprecated
  JSONSchemaProps.exclusiveMaximum JSONSchemaProps.exclusiveMinimum JSONSchemaProps.uniqueItems JSONSchemaProps.nullable
  JSONSchemaProps.x-kubernetes-embedded-resource JSONSchemaProps.x-kubernetes-int-or-string
`);
/** Among the names above, in these structures they are pointers. */
const POINTER_SCALARS_OF = words(`
  WebhookClientConfig.port MutatingWebhook.timeoutSeconds ValidatingWebhook.timeoutSeconds ClientIPConfig.timeoutSeconds RollingUpdateStatefulSetStrategy.partition
  CSIPersistentVolumeSource.weight CSIVolumeSource.readOnly EndpointConditions.ready VolumeNodeResources.count HorizontalPodAutoscalerStatus.observedGeneration
`);

/** Required, yet pointers: what nobody wrote is told from an empty text. */
export const REQUIRED_POINTERS = words('HTTPIngressPath.pathType MutatingWebhook.sideEffects ValidatingWebhook.sideEffects');

/** Whether an optional field is a pointer in Go, so that a written zero stays. */
export function isPointer(definition: string, field: string, is: string): boolean {
  const full = `${definition}.${field}`;
  switch (is) {
    case 'string':
      return POINTER_STRINGS_OF.has(full) || (POINTER_STRINGS.has(field) && !PLAIN_STRINGS_OF.has(full));
    case 'bool':
    case 'int32':
    case 'int64':
    case 'float64':
      return POINTER_SCALARS_OF.has(full) || !(VALUE_SCALARS.has(field) || VALUE_SCALARS_OF.has(full));
    case 'struct':
      return true;
    case 'raw':
      return definition === 'JSONSchemaProps';
    case 'quantity':
    case 'intOrString':
      return full !== 'ResourceFieldSelector.divisor' && full !== 'ServicePort.targetPort';
    default:
      return false;
  }
}

/** Named string types, as they stand in decoding errors. */
export const ENUM_TYPES: Readonly<Record<string, string>> = {
  'PodSpec.restartPolicy': 'v1.RestartPolicy',
  'PodSpec.dnsPolicy': 'v1.DNSPolicy',
  'PodSpec.preemptionPolicy': 'v1.PreemptionPolicy',
  'Container.imagePullPolicy': 'v1.PullPolicy',
  'Container.restartPolicy': 'v1.ContainerRestartPolicy',
  'Container.terminationMessagePolicy': 'v1.TerminationMessagePolicy',
  'ContainerPort.protocol': 'v1.Protocol',
  'ServicePort.protocol': 'v1.Protocol',
  'ServiceSpec.type': 'v1.ServiceType',
  'ServiceSpec.sessionAffinity': 'v1.ServiceAffinity',
  'HTTPGetAction.scheme': 'v1.URIScheme',
  'Toleration.operator': 'v1.TolerationOperator',
  'Toleration.effect': 'v1.TaintEffect',
  'Taint.effect': 'v1.TaintEffect',
  'NodeSelectorRequirement.operator': 'v1.NodeSelectorOperator',
  'LabelSelectorRequirement.operator': 'v1.LabelSelectorOperator',
  'PodStatus.phase': 'v1.PodPhase',
  'NamespaceStatus.phase': 'v1.NamespacePhase',
  'Secret.type': 'v1.SecretType',
  'ObjectMeta.uid': 'types.UID',
  'OwnerReference.uid': 'types.UID',
  'DeploymentStrategy.type': 'v1.DeploymentStrategyType',
  'PersistentVolumeSpec.persistentVolumeReclaimPolicy': 'v1.PersistentVolumeReclaimPolicy',
  'CronJobSpec.concurrencyPolicy': 'v1.ConcurrencyPolicy',
  'JobSpec.completionMode': 'v1.CompletionMode',
};
