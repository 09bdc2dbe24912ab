import type { LanguageWords } from './language-words.ts';

export const spanish: LanguageWords = {
  labels: {
    invoiceNumber:
      'numero de factura|n de factura|factura n|factura no|factura num|n factura|numero factura|factura numero|num factura|no factura|no de factura|nº factura|num de factura|factura|numero de documento|n documento|factura rectificativa n|n de documento|numero|documento n|abono n|numero de abono|factura nro|nro factura|nro de factura|n de abono|numero documento|n abono|num documento|n rectificativa|codigo de factura|ref factura|numero de factura rectificativa|n de factura rectificativa',
    orderNumber:
      'numero de pedido|n de pedido|pedido n|su pedido|pedido|n pedido|orden de compra|numero pedido|pedido num|su pedido n|pedido no|referencia pedido|ref pedido|num pedido|orden de compra n|n orden de compra|pedido numero|n de orden|numero de orden|no de pedido|referencia de pedido|nro pedido|pedido cliente',
    contractNumber:
      'numero de contrato|n de contrato|contrato n|contrato|n contrato|num contrato|numero contrato|referencia contrato|contrato no|ref contrato|expediente',
    originalInvoiceNumber:
      'factura original|factura rectificada|rectifica la factura|factura de referencia|rectifica a la factura|factura que rectifica|rectifica factura|corrige la factura|sobre factura|factura origen|rectifica a|n factura original|factura original n|referencia a factura|n factura rectificada|rectificacion de factura|rectificacion de la factura|factura rectificada n|relativa a la factura|abono de factura|anula la factura|numero de factura original|n de factura original|factura corregida|correspondiente a la factura|factura a la que rectifica|abono de la factura',
    otherNumber:
      'numero de cliente|n de cliente|codigo cliente|cliente n|n cliente|albaran|albaran n|n albaran|referencia|su referencia|nuestra referencia|pagina|proyecto|codigo de cliente|cod cliente|pag|ref|num cliente|ref cliente|numero cliente|referencia cliente|presupuesto n|n presupuesto|obra|agente|n de albaran|oficina contable|organo gestor|unidad tramitadora|referencia del comprador|codigo proveedor|n proveedor|hoja|referencia comprador|centro de coste|referencia de mandato|numero de albaran',
    issueDate:
      'fecha de factura|fecha factura|fecha|fecha de emision|fecha emision|emitida el|fecha de la factura|fecha de expedicion|fecha expedicion|factura de fecha|fecha documento|fecha del documento|fecha de abono|expedida el|emitido el|fecha de facturacion|fecha del abono|fecha abono|fecha rectificativa|fecha de documento',
    supplyDate:
      'fecha de entrega|fecha entrega|fecha de suministro|fecha de prestacion|fecha de operacion|fecha operacion|entregado el|fecha de servicio|fecha del servicio|fecha servicio|fecha de la prestacion|fecha prestacion|entrega|fecha de la operacion|fecha de envio|fecha devengo|fecha de devengo|fecha suministro|entrega el|fecha de la entrega|entregada el|fecha de realizacion',
    dueDate:
      'fecha de vencimiento|vencimiento|fecha vencimiento|vence el|pagar antes del|fecha de pago|fecha limite de pago|vencimientos|vence|fecha limite|pago antes del|fecha de vto|vto|f vencimiento|a pagar antes del|pagadero antes del|pagar antes de|vencimiento el|fecha vto|vencimiento del pago|fecha pago|pago hasta|a pagar antes de|pagadero hasta|plazo hasta|vencimiento factura',
    otherDate:
      'fecha de pedido|fecha pedido|periodo|periodo de facturacion|fecha de contrato|fecha albaran|periodo facturado|fecha de albaran|fecha del pedido|fecha contrato',
    currency: 'moneda|divisa',
    exchangeRate: 'tipo de cambio|tasa de cambio|cambio',
    vatCode:
      'nif iva|iva intracomunitario|nif|cif|n i f|c i f|nif cif|cif nif|nif intracomunitario|numero de iva|n iva|vat|nif iva intracomunitario|id fiscal|identificacion fiscal|numero de identificacion fiscal|n de iva|numero iva|nuestro nif|codigo iva|cif iva|niva|vat n|numero de iva intracomunitario|cif n|nif n|n iva intracomunitario',
    buyerVatCode:
      'nif cliente|cif cliente|su nif|su cif|nif del cliente|cif del cliente|nif iva cliente|nif comprador|nif del comprador|nif iva del cliente|su nif iva|nif destinatario|vat cliente|nif cif cliente|nif adquirente|su nif cif|nif iva comprador',
    taxCode: 'codigo fiscal|numero fiscal|dni',
    companyCode:
      'registro mercantil|inscrita en el registro mercantil|n registro|rm|reg mercantil|numero de registro|hoja registral|r m|inscripcion|registro|numero registro|n de registro|n registro mercantil|registro mercantil n|inscrita en el r m|codigo de empresa',
    email: 'e mail|email|correo|correo electronico|mail|correo e|direccion de correo',
    phone: 'telefono|tel|tlf|movil|telf|tfno|tno|tfn|tlfno|telefono n|telefono de contacto',
    otherContact:
      'fax|web|pagina web|contacto|sitio web|persona de contacto|a la atencion de|atencion|att|www|comercial|responsable|administrador|internet|su contacto',
    iban: 'iban|codigo iban|n iban|cuenta iban|iban cuenta',
    bic: 'bic|swift|bic swift|codigo swift|codigo bic|swift bic',
    bankName:
      'banco|entidad|entidad bancaria|datos bancarios|nombre del banco|entidad financiera|banco entidad|caja|nuestro banco|banco caja|domiciliacion',
    accountNumber:
      'cuenta|numero de cuenta|n de cuenta|cuenta bancaria|c c|cuenta corriente|n cuenta|ccc|cuenta n|num cuenta|cta|cuenta de abono',
    accountHolder: 'titular|titular de la cuenta|beneficiario|a nombre de|titular cuenta|nombre del titular',
    reference:
      'concepto|referencia de pago|referencia del pago|concepto de pago|concepto de la transferencia|concepto transferencia|indicar en el pago|concepto del pago|referencia pago|ref pago|referencia de transferencia|referencia para el pago|referencia transferencia',
    method:
      'forma de pago|metodo de pago|medio de pago|modo de pago|modalidad de pago|tipo de pago|pago mediante|formas de pago|pago por',
    terms:
      'condiciones de pago|terminos de pago|plazo de pago|condiciones|pago|plazo|condiciones del pago|plazo pago|terminos|cond pago',
    seller:
      'vendedor|proveedor|emisor|expedidor|de|datos del emisor|prestador|remitente|emitida por|datos emisor|empresa|datos de la empresa|suministrador|datos del proveedor|facturado por',
    buyer:
      'cliente|facturar a|destinatario|comprador|datos del cliente|facturado a|direccion de facturacion|receptor|para|datos cliente|factura a|datos de facturacion|adquirente|senor es|sr es|senores|adquiriente|razon social|nombre del cliente|a|dirigido a|datos del receptor|datos del comprador',
    otherParty:
      'direccion de entrega|lugar de entrega|enviar a|direccion de envio|entregar a|domicilio de entrega|destino|entrega en|direccion entrega|domicilio social|direccion envio|direccion de la obra|sede social|lugar entrega',
  },
  columns: {
    position: 'n|pos|linea|no|num|n linea|partida|nro|posicion|n lin',
    code: 'codigo|referencia|ref|cod|cod articulo|codigo articulo|ref articulo|articulo n|cod art|codigo producto|cod producto|referencia articulo|n articulo|codigo de articulo|ref producto|sku|ref art|num articulo',
    ean: 'ean|gtin|codigo de barras|cod barras|codigo ean|cod ean|codigo barras',
    description:
      'descripcion|concepto|item|articulo|producto|detalle|servicio|descripcion del articulo|conceptos|denominacion|descripcion del producto|descripcion articulo|productos|descripcion de los bienes|designacion|descripcion producto servicio|producto servicio|articulo servicio|descripcion del servicio|descripcion de los servicios|servicios|descripcion producto|descripcion concepto|trabajo|actividad',
    quantity:
      'cantidad|cant|uds|unidades|horas|ctd|cdad|cantidades|n unidades|ctdad|unids|cant uds|num uds|nro unidades',
    unit: 'unidad|ud|u m|um|unid|medida|unidad de medida|unidad medida|udm|u medida',
    unitPrice:
      'precio|precio unitario|p unitario|precio unit|precio ud|p unit|pvp|importe unitario|precio unidad|precio neto|precio eur|p u|coste|pvp ud|precio unitario eur|precio hora|tarifa|valor unitario|precio sin iva|p ud|coste unitario|precio u|precio base|precio unitario neto|precio unitario sin iva|pu|unitario|pr unitario',
    grossPrice: 'precio con iva|precio unitario con iva|precio iva incluido|pvp con iva|precio bruto',
    discount:
      'descuento|dto|dto %|desc|desc %|% dto|descuento %|% desc|dcto|dtos|% descuento|bonificacion|dcto %|rebaja',
    taxRate:
      'iva|iva %|% iva|tipo iva|tipo|impuesto|tipo de iva|tasa iva|tipo impositivo|%|% impuesto|igic|impuestos|% tipo|tasa|imp',
    taxAmount: 'cuota iva|importe iva|cuota|iva eur|iva importe|total iva|cuota de iva',
    amount:
      'importe|total|importe total|precio total|importe eur|total linea|valor|subtotal|total eur|importe linea|imp total|monto|suma|valor total|total articulo|coste total',
    netAmount:
      'importe neto|base imponible|total neto|neto|base|importe sin iva|total sin iva|importe base|valor neto|base eur|subtotal sin iva|total base|precio total neto|importe neto eur',
    grossAmount:
      'total con iva|importe con iva|total iva incluido|bruto|importe bruto|total bruto|importe iva incluido|total iva inc|total con impuestos|valor bruto',
    other: 'fecha|albaran|pedido|lote|obra',
  },
  totals: {
    lines:
      'subtotal|suma|importe bruto|total lineas|suma de importes|sub total|total bruto|total articulos|suma lineas|total conceptos|suma de lineas|total importes|importe lineas|total productos|suma importes|total mercancia|importe mercancia|total partidas|suma de partidas|bruto|total lineas de factura|importe de las lineas|suma total lineas|suma conceptos',
    net: 'base imponible|total neto|importe neto|neto|total sin iva|base|total base imponible|subtotal sin iva|importe sin iva|total base|bases imponibles|base total|base imponible total|importe total neto|total antes de impuestos|base iva|total antes de iva|suma base imponible|total importe neto|b imponible|neto total|total sin impuestos|total iva excluido|importe antes de impuestos|importe base|importe base imponible|subtotal antes de iva|total factura sin iva|importe total sin iva|suma bases|total bruto antes de impuestos',
    discount:
      'descuento|descuento por fidelidad|descuento especial|descuento por volumen|total descuentos|dto|dto pp|descuentos|descuento global|dto comercial|bonificacion|dto general|rebaja|descuento comercial|descuento total|descuento pronto pago|descuento factura|total descuento|importe descuento|rappel|deduccion|dto especial',
    charges:
      'gastos de envio|portes|embalaje|gastos de gestion|transporte|gastos|envio|recargo|gastos de transporte|recargos|cargos|total cargos|gastos envio|total gastos|suplidos|gastos de embalaje|gastos adicionales|suplemento|otros gastos|cargo|flete|costes de envio|manipulacion|gastos administrativos|total portes|tramitacion|porte',
    tax: 'iva|total iva|cuota iva|importe iva|i v a|impuestos|cuota|total impuestos|iva al|tipo iva|cuota de iva|cuota total|total cuota iva|cuota iva total|total cuotas|impuesto|importe del iva|iva total|total i v a|igic|total impuesto|importe total iva|importe impuestos|cuotas|total cuota|cuotas iva|total cuotas iva|importe de iva',
    gross:
      'total factura|importe total|total con iva|total iva incluido|total general|total documento|total abono|total factura eur|total bruto con iva|importe total factura|total de la factura|importe factura|total con impuestos|importe total con iva|total iva inc|total factura con iva|importe de la factura|total rectificativa|total impuestos incluidos|importe total de la factura|total importe|importe total iva incluido|total factura iva incluido|importe bruto con iva|total incluido iva|total mas iva|total facturado|total factura rectificativa|total final|total documento eur',
    total: 'total|total eur|suma total|totales|total euros|total en eur',
    prepaid:
      'anticipo|pagado|a cuenta|entrega a cuenta|ya pagado|importe pagado|anticipos|pago anticipado|entregado a cuenta|anticipo recibido|pagos a cuenta|menos anticipo|pago a cuenta|anticipo pagado|importe ya pagado|importe anticipado|senal|pagos realizados|anticipo entregado|abonado|total pagado|entregas a cuenta|anticipos recibidos|total anticipos|cantidad pagada|a deducir anticipo|deposito|importe abonado|menos pagado|pagos recibidos',
    payable:
      'total a pagar|a pagar|importe a pagar|pendiente de pago|saldo pendiente|liquido a pagar|importe pendiente|total pendiente|resto a pagar|pendiente|saldo|liquido|neto a pagar|saldo a pagar|total a abonar|importe liquido|cantidad a pagar|saldo deudor|restante|importe debido|total liquido|importe restante|a devolver|pendiente de cobro|resta por pagar|total adeudado|cantidad pendiente|restante a pagar|adeudado|total a ingresar|importe adeudado|por pagar|debe|importe a abonar|total pendiente de pago|importe pendiente de pago',
    rounding: 'redondeo|ajuste por redondeo|ajuste redondeo|redondeos',
    carried:
      'suma y sigue|suma anterior|total pagina|suma pagina|arrastre|viene de pagina|subtotal pagina|suma de la pagina|suma y sigue pagina|sumas anteriores|pagina anterior|sigue',
  },
  titles: {
    invoice:
      'factura|factura de venta|factura comercial|factura simplificada|factura ordinaria|factura completa|factura final|minuta',
    credit_note:
      'factura rectificativa|nota de credito|abono|factura de abono|nota de abono|rectificativa|factura abono',
    debit_note: 'nota de debito|nota de cargo',
    prepayment: 'factura de anticipo|factura anticipo|factura de anticipos|factura a cuenta',
    proforma: 'factura proforma|proforma|factura pro forma|pro forma',
    receipt: 'recibo|ticket|tique',
  },
  months: [
    'enero|ene',
    'febrero|feb',
    'marzo|mar',
    'abril|abr',
    'mayo|may',
    'junio|jun',
    'julio|jul',
    'agosto|ago',
    'septiembre|sep|sept|setiembre',
    'octubre|oct',
    'noviembre|nov',
    'diciembre|dic',
  ],
  between: { number: 'n|no|num|numero|nro', date: 'de fecha|fecha|de|del|con fecha' },
  common:
    'el la de los las del para con por su en una un que es gracias dias fecha y no se al sus nuestro confianza factura',
  terms:
    'a # dias fecha factura|# dias fecha factura|a # dias|# dias|en # dias|pago a # dias|en un plazo de # dias|dentro de # dias|plazo de # dias|# dias netos|en el plazo de # dias',
  methods: {
    bank_transfer: 'transferencia|transferencia bancaria|transferencia sepa|por transferencia',
    card: 'tarjeta|tarjeta de credito|tarjeta bancaria|tarjeta de debito|tpv',
    cash: 'efectivo|en efectivo|metalico|al contado',
    direct_debit:
      'domiciliacion|domiciliacion bancaria|recibo domiciliado|adeudo directo|adeudo domiciliado|recibo bancario|adeudo directo sepa',
  },
  paid: 'pagada|factura pagada|abonada|cobrada|factura abonada|totalmente pagada',
  exemptions: {
    AE: 'inversion del sujeto pasivo',
    K: 'entrega intracomunitaria|entregas intracomunitarias|operacion intracomunitaria',
    G: 'exportacion exenta|exportacion|exportaciones',
    E: 'exento|exenta|operacion exenta|exencion|exento de iva',
    O: 'no sujeto|no sujeta|operacion no sujeta',
  },
};
